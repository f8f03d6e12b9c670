// One event as a row: time, columns, message with its matches, pills, and what they unfold.
import {el, button, duration, number, bytes} from './dom.js';
import {levelClass, classes} from './level.js';
import {plain, tree, withLinks} from './tree.js';
import {state} from './state.js';
import {zone} from './search.js';

const foldLines = 12;      // longer messages are folded to so many lines,
const foldLength = 3000;   // or so many characters
const quiet = 300000;      // ms without events that are worth a word when everything is shown

// A member by its dotted path; names are never looked up on prototypes.
export function member(members, path) {
	if (Object.hasOwn(members, path)) return members[path];
	let value = members;
	for (const name of path.split('.')) {
		if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined;
		value = value[name];
	}
	return value;
}

const isHidden = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

// Control characters and what turns text around become visible, one unit for one unit, so that spans stay right.
export const visible = (text) => text.replace(isHidden, (c) => {
	const code = c.charCodeAt(0);
	return code < 32 ? String.fromCharCode(0x2400 + code) : code === 127 ? '\u2421' : '\u241a';
});

// Text nodes and <mark>s; `found` are spans of the search within the view.
function marked(text, spans, found) {
	const nodes = [];
	let end = 0;
	const all = [...found.map(([b, e]) => [b, e, 'mark.found']), ...spans.map(([b, e]) => [b, e, 'mark'])].sort((a, b) => a[0] - b[0]);
	for (const [begin, stop, tag] of all) {
		if (begin < end || begin >= text.length) continue;
		nodes.push(...withLinks(visible(text.slice(end, begin)), true), el(tag, visible(text.slice(begin, stop))));
		end = Math.min(stop, text.length);
	}
	return [...nodes, ...withLinks(visible(text.slice(end)))];
}

function foldedLength(text) {
	let at = -1;
	for (let n = 0; n < foldLines; ++n) {
		at = text.indexOf('\n', at + 1);
		if (at < 0) return Math.min(text.length, foldLength);
	}
	return Math.min(at, foldLength);
}

const countLines = (text) => {
	let n = 1;
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ++n;
	return n;
};

export class Rows {
	constructor(view) { this.view = view; }

	make(line, previous) {
		const {view} = this;
		const level = view.levelField ? levelClass(member(line.members, view.levelField)) : -1, current = view.current === line.id;
		const kinds = ['div.row', classes[level], line.match ? view.marking && 'hit' : view.marking ? 'plain' : 'around', current && 'current', view.linked(line) && 'linked'];
		const opened = view.opened.get(line.id);
		return el(kinds.filter(Boolean).join('.'), {role: 'row', 'data-id': line.id, 'aria-selected': current ? 'true' : null},
			...this.separators(line, previous), this.cells(line), opened?.size > 0 && this.unfolded(line, opened));
	}

	separators(line, previous) {
		const {view} = this, nodes = [], gap = (text) => nodes.push(el('div.gap', {role: 'note'}, el('span', text)));
		if (!previous) {
			if (view.begins) gap(view.gaps?.between(-Infinity, line.ms).map((one) => view.gaps.text(one)).join('; ') || 'the index begins here');
			return nodes;
		}
		const day = zone.date(line.ms);
		if (day !== zone.date(previous.ms)) nodes.push(el('div.day', el('span', `${day} ${zone.weekday(line.ms)}`)));
		const away = Math.abs(line.ms - previous.ms);
		if (away >= quiet && !line.late && view.unfiltered) gap(`no events for ${duration(away)}`);
		for (const one of view.gaps?.between(Math.min(line.ms, previous.ms), Math.max(line.ms, previous.ms)) ?? []) gap(view.gaps.text(one));
		if (line.group !== null && previous.group !== null && line.group !== previous.group && !view.marking) nodes.push(el('div.group'));
		return nodes;
	}

	cells(line) {
		const {view} = this, opened = view.opened.get(line.id);
		const cells = el('div.cells',
			state.numbers === '1' && el('span.number', {role: 'gridcell'}, view.numbers?.of(line) ?? ''),
			el('time.time', {role: 'gridcell', title: `${zone.full(line.ms)} ${zone.suffix(line.ms)}`},
				zone.time(line.ms)));
		for (const name of view.columns) {
			const value = member(line.members, name);
			const text = value === undefined ? '' : visible(plain(value).slice(0, 300));
			const cell = el('span.cell', {role: 'gridcell', 'data-field': name}, text);
			if (value === undefined) cell.classList.add('none');
			else if (text.length > view.columnsView.width(name) || /[^\x20-\x7e]/.test(text)) {  // to cut a text costs: only those that may not fit
				cell.classList.add('cut');
				cell.title = text;
			}
			if (name === view.levelField) cell.classList.add('level');
			if (typeof value === 'number') cell.classList.add('numeric');
			cells.append(cell);
		}
		cells.append(this.message(line, opened));
		return cells;
	}

	message(line, opened) {
		const {view} = this;
		const text = opened?.has('message') ? line.text : line.text.slice(0, foldedLength(line.text));
		const message = el('span.message', {role: 'gridcell'});
		if (line.late >= 1000) message.append(el('span.late', `${duration(line.late)} late`), ' ');
		message.append(...marked(text, line.match ? line.spans : [], view.find?.spans(text) ?? []));
		const rest = line.text.length - text.length;
		if (rest > 0 || (line.cut && !opened?.has('message'))) {
			const lines = countLines(line.text) - countLines(text);
			message.append(' ', this.pill('message', line.cut ? 'whole message' : lines > 1 ? `${number(lines)} more lines` : `${bytes(rest)} more`, false));
		} else if (opened?.has('message')) message.append(' ', this.pill('message', 'fold', true));
		for (const name of view.contextFields) {
			const value = member(line.members, name);
			if (value === undefined || value === '' || value === null) continue;
			const count = countLines(plain(value));
			message.append(' ', this.pill(name, count > 1 ? `${name} ${count}` : name, Boolean(opened?.has(name))));
		}
		return message;
	}

	pill(what, label, open) {
		return button(label, null, {'data-unfold': what, 'aria-expanded': String(open), title: open ? 'fold' : `unfold ${what}`});
	}

	unfolded(line, opened) {
		const {view} = this, {members} = line, has = (name) => member(members, name) !== undefined;
		const act = (label, what, title) => button(label, null, {'data-act': what, title});
		const figure = (name) => el('figure', el('figcaption', name, ' ', button('copy', null, {'data-copy': name, title: `copy ${name}`})),
			el('pre', ...marked(plain(member(members, name)), [], view.find.spans(plain(member(members, name))))));
		return el('div.unfolded', ...[...view.contextFields].filter((name) => opened.has(name) && has(name)).map(figure), opened.has('tree') && el('div.event',
			el('div.actions', act('copy text', 'text'), act('copy JSON', 'json'), act('copy link', 'link'), act('+ context', 'more'), act('− context', 'less'),
				act('± 2 s', 'time', 'all within 2 s, then 4 s, 8 s'), ...view.sameFields.filter(has).map((name) => act(`same ${name}`, `same:${name}`)),
				act('everything here', 'everything', 'no query, at this place')),
			tree({...members, '@timestamp': line.time, id: line.id}, (...what) => view.lineActions.member(...what))));
	}
}
