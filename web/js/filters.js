// The panel of fields: each value with its exact count, to include, add, exclude, or keep alone.
import {el, byId, button, input, number, later} from './dom.js';
import {ask, get} from './api.js';
import {chosen, without, byModifier, exclude, write} from './query.js';
import {searchParameters} from './search.js';
import {classes, levelClass} from './level.js';
import {state} from './state.js';

const few = 8;       // values shown at first
const many = 500;    // values asked for

export class Filters {
	constructor(place, page) {
		Object.assign(this, {place, page});
		this.sections = new Map();  // field: {box, list, open, more, needle}
		this.search = input({type: 'search', placeholder: 'find a field', oninput: later(() => this.arrange(), 60)});
		place.append(this.search);
		this.arrange();
	}

	// The fields may come after the panel.
	make() {
		const {page} = this, first = ({name, filtered}) => (name === page.levelField ? 0 : filtered ? 1 : 2);
		for (const field of page.fields.toSorted((a, b) => first(a) - first(b) || (a.name < b.name ? -1 : 1)))
			if (field.name !== 'message') this.sections.set(field.name, this.section(field.name, first(field) < 2));
		this.place.append(...[...this.sections.values()].map(({box}) => box));
	}

	section(name, open) {
		const list = el('div.values', {role: 'group', 'aria-label': name}), total = el('span.total');
		const toggle = button(name, () => this.toggle(name), {'aria-expanded': String(open), title: name});
		const asColumn = button('▥', () => this.page.toggleColumn(name), {title: `show ${name} as a column`});
		asColumn.classList.add('column');
		const box = el('section.field', el('h3', toggle, total, asColumn), list);
		return {box, list, toggle, total, asColumn, open, needle: ''};
	}

	togglePanel() {
		const narrow = innerWidth < 800, on = document.body.classList.toggle(narrow ? 'panel' : 'nopanel');
		byId('panel').setAttribute('aria-expanded', String(on === narrow));
	}

	arrange() {
		if (!this.sections.size) this.make();
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
		const section = this.sections.get(name), open = section.open = !section.open;
		section.toggle.setAttribute('aria-expanded', String(open));
		this.arrange();
		if (open) this.count(name); else section.list.replaceChildren();
	}

	async refresh() {
		this.aborter?.abort();
		const {signal} = (this.aborter = new AbortController());
		this.arrange();
		const open = [...this.sections.keys()].filter((name) => this.sections.get(name).open);
		for (const name of open) this.sections.get(name).box.classList.add('stale');
		const next = async () => { for (let name; !signal.aborted && (name = open.shift());) await this.count(name, signal); };
		await Promise.all([next(), next()]);
	}

	// A field's own chosen values do not narrow its counts: others can be added.
	async count(name, signal) {
		const section = this.sections.get(name), answer = await this.page.attempt(() =>
			ask(['fields', name], [...searchParameters({query: without(state.q, name)}), ['limit', many]], signal));
		if (!signal?.aborted) section.box.classList.remove('stale');
		if (!answer) return;
		section.answer = answer;
		this.fill(name);
	}

	fill(name) {
		const section = this.sections.get(name), {answer, list} = section;
		const {included, excluded} = chosen(state.q, name);
		const values = [...answer.values];
		const there = new Set(values.map(({value}) => value));
		for (const value of [...included, ...excluded]) if (!there.has(value)) values.unshift({value, count: 0});
		for (const value of answer.known ?? []) if (!there.has(value)) values.push({value, count: 0});
		section.total.textContent = answer.distinct > few ? number(answer.distinct) : '';
		const needle = section.needle.toLowerCase();
		const fitting = values.filter(({value}) => value.toLowerCase().includes(needle));
		const most = Math.max(1, ...values.map(({count}) => count));
		const isLevel = name === this.page.levelField;
		if (isLevel) fitting.sort((a, b) => levelClass(b.value) - levelClass(a.value) || b.count - a.count);
		const shown = section.more || needle ? fitting.slice(0, 200) : fitting.slice(0, few);
		const rows = shown.map(({value, count}) => this.value(name, value, count, count / most, {included: included.has(value), excluded: excluded.has(value), zero: !count}, isLevel));
		const rest = Math.max(fitting.length, needle ? 0 : answer.distinct) - shown.length;
		const more = (rest > 0 || section.more) && button(section.more ? 'fewer' : `${number(rest)} more`, () => { section.more = !section.more; this.fill(name); });
		const absent = answer.without > 0 && el('span', {title: `lines without ${name}`}, `${number(answer.without)} without`);
		section.find ??= input({type: 'search', placeholder: `find in ${name}`, oninput: () => { section.needle = section.find.value; this.fill(name); section.find.focus(); }});
		list.replaceChildren(...section.more ? [section.find] : [], ...rows, el('p.extra', more, absent));
	}

	value(name, value, count, share, marks, isLevel) {
		const bar = el('span.bar');
		bar.style.width = `${share * 100}%`;
		const act = (change) => this.page.apply(change(state.q, name, value));
		const main = el('button.main', {type: 'button', 'aria-pressed': String(marks.included),
			title: `${value}\nclick: only this; Ctrl: add; Alt: exclude`, onclick: (event) => act(byModifier(event))},
			isLevel && el(`i.${classes[levelClass(value)] ?? 'unknown'}`), el('span.text', value === '' ? '(empty)' : value), el('span.count', number(count)));
		const row = el('div.choice', bar, main, el('span.acts',
			button('−', () => act(exclude), {title: `exclude ${name} ${value}`}),
			button('only', () => this.page.apply(write(name, [value])), {title: 'all other conditions go'})));
		row.classList.add(...Object.keys(marks).filter((mark) => marks[mark]));
		return row;
	}
}
