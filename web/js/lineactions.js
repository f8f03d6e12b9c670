// What the mouse and the keyboard do to one line: unfold, filter by a cell, link, copy, grow its context.
import {copy, number} from './dom.js';
import {get, indexPath} from './api.js';
import {state, change, link} from './state.js';
import {byModifier, exclude} from './query.js';
import {compare} from './lines.js';
import {member} from './row.js';
import {plain} from './tree.js';

export class LineActions {
	constructor(list, page) {
		this.page = page;
		this.around = new Map();  // line id: {count, ids that were brought in}
		list.addEventListener('click', (event) => this.click(event));
		list.addEventListener('copy', (event) => this.copySelection(event));
	}

	lineOf(node) { return this.page.list.lines?.byId(node.closest('.row')?.dataset.id); }

	click(event) {
		const {target} = event, line = this.lineOf(target);
		if (!line || target.closest('a')) return;
		const {page} = this;
		const pressed = target.closest('[data-unfold], [data-act], [data-copy]');
		if (pressed) {
			const {unfold, act, copy: what} = pressed.dataset;
			if (unfold) return this.toggle(line, unfold);
			if (what) return this.copied(plain(member(line.members, what)), what);
			return this.act(line, act);
		}
		if (target.closest('.unfolded')) return;
		if (target.closest('.time, .number')) return this.select(line, event.shiftKey);
		const cell = target.closest('.cell');
		if (cell && !cell.classList.contains('none')) return this.cell(event, cell.dataset.field, line);
		if (getSelection().isCollapsed) {
			page.setCurrent(line);
			this.toggle(line, 'tree');
		}
	}

	cell(event, field, line) {
		const values = [member(line.members, field)].flat();
		if (values.length && values.every((one) => one === null || typeof one !== 'object')) this.page.apply(byModifier(event)(state.q, field, values.map(String)));
	}

	async toggle(line, what) {
		const {page} = this, opened = page.opened.get(line.id) ?? new Set();
		const opening = !opened.delete(what);
		if (opening) opened.add(what);
		page.opened.set(line.id, opened);
		if (opening && line.cut && what !== 'context') await this.whole(line);
		page.list.refresh(line);
		if (opening) page.list.showAll(line);
	}

	async whole(line) {
		try {
			const {event} = await get(indexPath('event', line.id));
			const {message, '@timestamp': time, ...members} = event;
			Object.assign(line, {text: message ?? line.text, members, cut: false});
		} catch (error) {
			this.page.say(error.message);
		}
	}

	select(line, extend) {
		const {page} = this, [anchor] = state.line.split('..');
		const from = extend && anchor ? page.list.lines.byId(anchor) : null;
		const value = from && from !== line ? (compare(from, line) < 0 ? `${from.id}..${line.id}` : `${line.id}..${from.id}`)
			: state.line === line.id ? '' : line.id;
		change({line: value}, {step: false});
		page.setCurrent(line);
		page.list.restyle();
		if (value) this.copied(new URL(link(), location.href).href, from ? 'link to these lines' : 'link to this line');
	}

	async copied(text, what) {
		try {
			await copy(text);
			this.page.say(`${what} copied`);
		} catch {
			this.page.say(`${what}: the browser does not let this page copy; the address bar has it`);
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
		const {page} = this, [a, b] = state.line.split('..').map((id) => page.list.lines.byId(id));
		const lines = a && b ? page.list.lines.list.filter((line) => compare(line, a) >= 0 && compare(line, b) <= 0) : [page.here()].filter(Boolean);
		for (const line of lines) if (line.cut) await this.whole(line);
		return this.copied(lines.map(({text}) => text).join('\n'), lines.length === 1 ? 'line' : `${number(lines.length)} lines`);
	}

	act(line, what) {
		const {page} = this;
		if (what === 'copy-text') return this.withWhole(line, () => this.copied(line.text, 'text'));
		if (what === 'copy-json') return this.withWhole(line, () => this.copied(JSON.stringify({'@timestamp': line.time, message: line.text, ...line.members}), 'JSON'));
		if (what === 'copy-link') return this.copied(new URL(link({line: line.id}), location.href).href, 'link');
		if (what === 'more') return this.grow(line, 5);
		if (what === 'less') return this.grow(line, -5);
		if (what === 'everything') { change({q: '', context: '', since: '', until: '', line: line.id}); return page.run({id: line.id}); }
		if (what === 'time') return this.grow(line, 0, '', 2 * (this.around.get(line.id)?.seconds || 1));
		if (what.startsWith('same:')) return this.grow(line, 5, what.slice(5));
	}

	async withWhole(line, then) {
		if (line.cut) await this.whole(line);
		return then();
	}

	member(what, path, value, event) {
		if (what === 'column') return this.page.toggleColumn(path);
		return this.page.apply((what === 'exclude' ? exclude : byModifier(event))(state.q, path, value));
	}

	// More or fewer lines around one, by number or time, between the hits, in their places by time.
	async grow(line, by, same = this.around.get(line.id)?.same ?? '', seconds = 0) {
		const {page} = this, {list} = page;
		const before = this.around.get(line.id) ?? {count: 0, same: ''};
		const count = seconds ? 0 : Math.max(0, (same === before.same ? before.count : 0) + by);
		let results = [];
		try {
			if (seconds) ({results} = await get(indexPath('context', line.id), [['within', `${seconds}s`]]));
			else if (count) ({results} = await get(indexPath('context', line.id), [['B', count], ['A', count], ['same', same]]));
		} catch (error) {
			return page.say(error.message);
		}
		const anchor = list.anchor(), ids = new Set(results.map(({id}) => id));
		const kept = new Set([...this.around].filter(([id]) => id !== line.id).flatMap(([, others]) => [...others.ids]));
		list.lines.remove(list.lines.list.filter((other) => !other.hit && before.ids?.has(other.id) && !ids.has(other.id) && !kept.has(other.id)));
		list.lines.add(results.map((result) => ({...result, match: result.anchor ?? false})));
		this.around.set(line.id, {count, same, seconds, ids});
		list.update(anchor);
		page.setCurrent(line);
		list.reveal(line);
		page.say(seconds ? `all lines within ${seconds} s` : count ? `${count} lines before and after${same ? ` with the same ${same}` : ''}` : 'no context');
	}
}
