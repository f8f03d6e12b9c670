// The panel of fields: each value with its exact count, to include, add, exclude, or keep alone.
import {el, byId, button, number, later} from './dom.js';
import {get, indexPath} from './api.js';
import {chosen, without, byModifier, exclude, only} from './query.js';
import {searchParameters} from './search.js';
import {classes, levelClass} from './level.js';
import {state} from './state.js';

const few = 8;       // values shown at first
const many = 500;    // values asked for

export class Filters {
	constructor(place, page) {
		Object.assign(this, {place, page});
		this.sections = new Map();  // field: {box, list, open, more, needle}
		this.search = el('input', {type: 'search', placeholder: 'find a field', 'aria-label': 'Find a field', spellcheck: false,
			oninput: later(() => this.arrange(), 60)});
		this.fields = page.fields.filter(({name}) => name !== 'message');
		const open = this.fields.filter(({filtered}) => filtered).map(({name}) => name);
		const first = (name) => (name === this.page.levelField ? 0 : open.includes(name) ? 1 : 2);
		this.fields.sort((a, b) => first(a.name) - first(b.name) || (a.name < b.name ? -1 : 1));
		for (const {name} of this.fields) this.sections.set(name, this.section(name, first(name) < 2));
		this.place.append(this.search, ...[...this.sections.values()].map(({box}) => box));
		this.arrange();
	}

	section(name, open) {
		const list = el('div.values', {role: 'group', 'aria-label': name});
		const total = el('span.total');
		const toggle = button(name, () => this.toggle(name), {'aria-expanded': String(open), title: name});
		const asColumn = button('▥', () => this.page.toggleColumn(name), {title: `show ${name} as a column`});
		asColumn.classList.add('column');
		const box = el('section.field', el('h3', toggle, total, asColumn), list);
		return {box, list, toggle, total, asColumn, open, more: false, needle: '', answer: null};
	}

	togglePanel() {
		const narrow = innerWidth < 800, on = document.body.classList.toggle(narrow ? 'panel' : 'nopanel');
		byId('panel').setAttribute('aria-expanded', String(on === narrow));
	}

	arrange() {
		const needle = this.search.value.toLowerCase();
		for (const [name, section] of this.sections) {
			section.box.hidden = !name.toLowerCase().includes(needle);
			section.box.classList.toggle('open', section.open);
			section.asColumn.setAttribute('aria-pressed', String(this.page.columns.includes(name)));
			const {included, excluded} = chosen(state.q, name);
			section.box.classList.toggle('active', included.size + excluded.size > 0);
		}
	}

	toggle(name) {
		const section = this.sections.get(name);
		section.open = !section.open;
		section.toggle.setAttribute('aria-expanded', String(section.open));
		this.arrange();
		if (section.open) this.count(name); else section.list.replaceChildren();
	}

	async refresh() {
		this.aborter?.abort();
		const {signal} = (this.aborter = new AbortController());
		this.arrange();
		const open = [...this.sections].filter(([, {open: yes}]) => yes).map(([name]) => name);
		for (const name of open) this.sections.get(name).box.classList.add('stale');
		const next = async () => { for (let name; !signal.aborted && (name = open.shift());) await this.count(name, signal); };
		await Promise.all([next(), next()]);
	}

	// A field's own chosen values do not narrow its counts: others can be added.
	async count(name, signal) {
		const section = this.sections.get(name);
		if (!section) return;
		try {
			const query = without(state.q, name);
			section.answer = await get(indexPath('fields', name), [...searchParameters({query}), ['limit', many]], signal);
			section.error = null;
		} catch (error) {
			if (error.name === 'AbortError') return;
			section.error = error.message;
		}
		section.box.classList.remove('stale');
		this.fill(name);
	}

	fill(name) {
		const section = this.sections.get(name), {answer, list} = section;
		if (section.error) return list.replaceChildren(el('p.note', section.error));
		const {included, excluded} = chosen(state.q, name);
		const values = [...answer.values];
		const there = new Set(values.flatMap(({value}) => [value, this.elements(name, value)].flat()));
		for (const value of [...included, ...excluded]) if (!there.has(value)) values.unshift({value, count: 0});
		for (const value of answer.known ?? []) if (!there.has(value)) values.push({value, count: 0});
		section.total.textContent = answer.distinct > few ? number(answer.distinct) : '';
		const needle = section.needle.toLowerCase();
		const fitting = values.filter(({value}) => value.toLowerCase().includes(needle));
		const most = Math.max(1, ...values.map(({count}) => count));
		const isLevel = name === this.page.levelField;
		if (isLevel) fitting.sort((a, b) => levelClass(b.value) - levelClass(a.value) || b.count - a.count);
		const shown = section.more || needle ? fitting.slice(0, 200) : fitting.slice(0, few);
		const rows = shown.map(({value, count}) => {
			const all = [this.elements(name, value)].flat();
			return this.value(name, value, count, most, all.every((one) => included.has(one)), all.every((one) => excluded.has(one)), isLevel);
		});
		const hidden = fitting.length - shown.length;
		const extra = [];
		if (hidden > 0 || section.more)
			extra.push(button(section.more ? 'fewer' : `${number(answer.distinct - shown.length)} more`, () => { section.more = !section.more; this.fill(name); }));
		if (answer.without > 0) extra.push(el('span.without', {title: `lines without ${name}`}, `${number(answer.without)} without`));
		const find = section.more ? [section.find ??= el('input', {type: 'search', placeholder: `find in ${name}`, spellcheck: false, 'aria-label': `Find in ${name}`,
			oninput: () => { section.needle = section.find.value; this.fill(name); section.find.focus(); }})] : [];
		list.replaceChildren(...find, ...rows, extra.length ? el('p.extra', ...extra) : '');
	}

	// Arrays are counted as their JSON text; to be found they are their elements.
	elements(name, value) {
		if (!value.startsWith('[') || !this.fields.find((field) => field.name === name)?.types.includes('array')) return value;
		try {
			const list = JSON.parse(value).flat(Infinity);
			return list.length && list.every((one) => one === null || typeof one !== 'object') ? list.map(String) : value;
		} catch { return value; }
	}

	value(name, value, count, most, included, excluded, isLevel) {
		const bar = el('span.bar');
		bar.style.width = `${(count / most) * 100}%`;
		const meant = this.elements(name, value);
		const act = (change) => this.page.apply(change(state.q, name, meant));
		const main = el('button.main', {type: 'button', 'aria-pressed': String(included),
			title: `${value}\nclick: only this ${name}; Ctrl: add; Alt: exclude`, onclick: (event) => act(byModifier(event))},
			isLevel && el(`i.${classes[levelClass(value)] ?? 'unknown'}`), el('span.text', value === '' ? '(empty)' : value), el('span.count', number(count)));
		const row = el('div.choice', bar, main, el('span.acts', null,
			button('−', () => act(exclude), {title: `exclude ${name} ${value}`}),
			button('only', () => this.page.apply(only(name, meant)), {title: 'all other conditions go'})));
		if (included) row.classList.add('included');
		if (excluded) row.classList.add('excluded');
		if (!count) row.classList.add('zero');
		return row;
	}
}
