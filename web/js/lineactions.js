// What the mouse and the keyboard do to one line: unfold, filter by a cell, link, copy, grow its context.
import {copy, number} from './dom.js';
import {ask, get} from './api.js';
import {state, change, adjust, link} from './state.js';
import {byModifier, exclude} from './query.js';
import {compare} from './lines.js';
import {member} from './row.js';
import {plain} from './tree.js';

const absolute = (changes) => new URL(link(changes), location.href).href;

export class LineActions {
	constructor(list, page) {
		this.page = page;
		this.around = new Map();  // line id: {count, ids that were brought in}
		list.addEventListener('click', (event) => this.click(event));
		list.addEventListener('copy', (event) => this.copySelection(event));
	}

	get lines() { return this.page.list.lines; }
	lineOf(node) { return this.lines?.byId(node.closest('.row')?.dataset.id); }

	click(event) {
		const {target} = event, line = this.lineOf(target), {page} = this;
		if (!line || target.closest('a')) return;
		const pressed = target.closest('[data-unfold], [data-act], [data-copy]');
		if (pressed) {
			const {unfold, act, copy: what} = pressed.dataset;
			if (unfold) return this.toggle(line, unfold);
			if (what) return this.copied(plain(member(line.members, what)), what);
			return act.startsWith('same:') ? this.grow(line, 5, act.slice(5)) : this[act](line);
		}
		if (target.closest('.unfolded')) return;
		if (target.closest('.time, .number')) return this.select(line, event.shiftKey);
		const cell = target.closest('.cell');
		if (cell?.matches(':not(.none)')) return page.apply(byModifier(event)(state.q, cell.dataset.field, plain(member(line.members, cell.dataset.field))));
		if (!getSelection().isCollapsed) return;
		page.setCurrent(line);
		this.toggle(line, 'tree');
	}

	async toggle(line, what) {
		const {page} = this, opened = page.opened.get(line.id) ?? new Set();
		const opening = !opened.delete(what);
		if (opening) opened.add(what);
		page.opened.set(line.id, opened);
		if (opening) await this.whole(line);
		page.list.refresh(line);
		if (opening) page.list.showAll(line);
	}

	async whole(line) {
		if (!line.cut) return;
		await this.page.attempt(async () => {
			const {event: {message, '@timestamp': time, ...members}} = await ask(['event', line.id]);
			Object.assign(line, {text: message ?? line.text, members, cut: false});
		});
	}

	select(line, extend) {
		const {page} = this, [anchor] = state.line.split('..');
		const from = extend && anchor ? this.lines.byId(anchor) : null;
		const value = from && from !== line ? (compare(from, line) < 0 ? `${from.id}..${line.id}` : `${line.id}..${from.id}`)
			: state.line === line.id ? '' : line.id;
		adjust({line: value});
		page.setCurrent(line);
		page.list.restyle();
		if (value) this.copied(absolute(), from ? 'link to these lines' : 'link to this line');
	}

	async copied(text, what) {
		try {
			await copy(text);
			this.page.say(`${what} copied`);
		} catch {
			this.page.say(`${what}: the browser does not let this page copy`);
		}
	}

	copySelection(event) {
		const selection = getSelection(), range = selection.rangeCount && selection.getRangeAt(0);
		const rows = [...this.page.list.scroller.querySelectorAll('.row')].filter((row) => range && range.intersectsNode(row));
		if (rows.length < 2) return;
		event.preventDefault();
		event.clipboardData.setData('text/plain', rows.map((row) => this.lineOf(row).text).join('\n'));
	}

	async copyLines() {  // the linked range, or the current line
		const linked = this.lines.list.filter((line) => this.page.linked(line)), lines = linked.length ? linked : [this.page.here()].filter(Boolean);
		for (const line of lines) await this.whole(line);
		return this.copied(lines.map(({text}) => text).join('\n'), lines.length === 1 ? 'line' : `${number(lines.length)} lines`);
	}

	// What the buttons of an unfolded line do.
	async text(line) { await this.whole(line); return this.copied(line.text, 'text'); }
	async json(line) { await this.whole(line); return this.copied(JSON.stringify({'@timestamp': line.time, message: line.text, ...line.members}), 'JSON'); }
	link(line) { return this.copied(absolute({line: line.id}), 'link'); }
	more(line) { return this.grow(line, 5); }
	less(line) { return this.grow(line, -5); }
	time(line) { return this.grow(line, 0, '', 2 * (this.around.get(line.id)?.seconds || 1)); }
	everything(line) { change({q: '', context: '', since: '', until: '', line: line.id}); return this.page.run({id: line.id}); }

	// Of a member in the tree.
	member(what, path, value, event) {
		if (what === 'column') return this.page.toggleColumn(path);
		if (what === 'follow') return this.page.find.follow(path);
		if (what === 'copy') return this.copied(value, path);
		return this.page.apply((what === 'exclude' ? exclude : byModifier(event))(state.q, path, value));
	}

	// More or fewer lines around one, by number or time, between the hits, in their places by time.
	async grow(line, by, same = this.around.get(line.id)?.same ?? '', seconds = 0) {
		const {page, page: {list}} = this;
		const before = this.around.get(line.id) ?? {count: 0, same: '', ids: new Set()};
		const count = seconds ? 0 : Math.max(0, (same === before.same ? before.count : 0) + by);
		const wanted = seconds ? [['within', `${seconds}s`]] : [['B', count], ['A', count], ['same', same]];
		const now = {count, same, seconds, ids: before.ids};
		this.around.set(line.id, now);
		const {results} = seconds || count ? await page.attempt(() => ask(['context', line.id], wanted)) ?? {} : {results: []};
		if (!results || this.around.get(line.id) !== now) return;
		const anchor = list.anchor(), ids = new Set(results.map(({id}) => id));
		const kept = new Set([...this.around].filter(([id]) => id !== line.id).flatMap(([, others]) => [...others.ids]));
		this.lines.remove(this.lines.list.filter((other) => !other.hit && before.ids.has(other.id) && !ids.has(other.id) && !kept.has(other.id)));
		this.lines.add(results.map((result) => ({...result, match: result.anchor ?? false})));
		now.ids = ids;
		list.update(anchor);
		page.setCurrent(line);
		list.reveal(line);
		page.say(seconds ? `all lines within ${seconds} s` : count ? `${count} lines before and after${same ? ` with the same ${same}` : ''}` : 'no context');
	}
}
