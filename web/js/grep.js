// The page that reads one index: runs a search whenever the address says another one. Lines first, then the rest.
import './first.js';
import {el, byId} from './dom.js';
import {ask, index} from './api.js';
import {state, change, adjust, onChange} from './state.js';
import {zone, setZone, rangeName} from './search.js';
import {resolve} from './zone.js';
import {List} from './list.js';
import {Rows, member} from './row.js';
import {Reader} from './reader.js';
import {Columns} from './columns.js';
import {showChips} from './chips.js';
import {conditions} from './query.js';
import {levelFields} from './level.js';
import {compare} from './lines.js';
import {surround} from './surroundings.js';

const sameCandidates = ['request_id', 'trace_id', 'traceId', 'correlation_id', 'session_id', 'process', 'host'];
const caseNames = {'': ['aA', 'case matters in words with capitals'], exact: ['A≠a', 'case matters'], ignore: ['A=a', 'case does not matter']};

class Page {
	constructor() {
		this.fields = [];
		this.contextFields = new Set();
		this.defaultColumns = [];
		this.opened = new Map();  // line id: what of it is unfolded
		this.columnsView = new Columns(byId('head'), byId('list'), this);
		this.rows = new Rows(this);
		this.list = new List(byId('list'), this);
		this.reader = new Reader(this.list, this);
		byId('q').value = state.q;
		byId('place').textContent = index;
		onChange((changed) => this.changed(changed));
	}

	get columns() { return this.columnsView.names; }
	get marking() { return state.context === '1' && !this.unfiltered; }
	get unfiltered() { return !conditions(state.q).length; }
	get begins() { return this.unfiltered && !state.since && state.order === 'asc' && this.list.lines.ends.top; }
	get sameFields() { return [this.sameField, ...sameCandidates].filter((name) => this.hasField(name)); }
	hasField(name) { return this.fields.some((field) => field.name === name); }

	async begin() {
		this.layout();
		for (const type of ['keydown', 'pointerdown']) addEventListener(type, () => this.equip(), {capture: true, once: true});
		const [first] = state.line.split('..');
		const loading = this.reader.open(first ? {id: first} : {end: 'newest', firstHit: true});
		await this.readFields();
		await loading;
		await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
		this.equip();
		this.survey.count();
		this.gaps.load();
		if (state.follow === '1') this.tail.toggle(true);
	}

	async readFields() {
		const {fields = [], columns = []} = await this.attempt(() => ask('fields')) ?? {};
		this.fields = fields;
		this.defaultColumns = columns;
		this.contextFields = new Set(fields.filter(({context}) => context).map(({name}) => name));
		this.levelField = levelFields.find((name) => this.hasField(name));
		this.columnsOfState();
	}

	// What went wrong is said below the lines.
	async attempt(work) {
		try {
			return await work();
		} catch (error) {
			if (error.name === 'AbortError') return;
			this.equip();
			this.say(error.message);
		}
	}

	// Filters, counts, keys and the rest: when the first lines are on the screen, or as soon as they are needed.
	equip() {
		if (!this.keys) surround(this);
	}

	async run(place) {
		if (this.tail?.active) this.tail.end();
		this.notices?.clear();
		const lines = await this.reader.open(place);
		if (lines) this.survey?.count();
		return lines;
	}

	// A search is the whole of q, time and case; everything else only shows it another way.
	changed(changed) {
		const has = (...names) => names.some((name) => changed.has(name));
		if (has('tz')) setZone(state.tz);
		if (has('cols') && state.cols !== this.columns.join(',')) this.columnsOfState();
		byId('q').value = state.q;
		this.layout();
		if (has('q', 'since', 'until', 'case', 'order', 'context', 'A', 'B', 'C', 'same', 'within')) this.run(this.placeNow(changed));
		else if (has('tz', 'wrap', 'numbers')) { this.columnsView.draw(); this.list.restyle(); this.survey?.draw(); }
		this.status?.show();
	}

	// Where the reader is: another search begins there, or at the end when that is what was read.
	placeNow(changed = new Set()) {
		const {list} = this, {lines} = list;
		if (!lines?.length) return {end: 'newest', firstHit: true};
		const atNewest = this.reader.newestFirst === lines.newestFirst && lines.ends[this.reader.newestEnd] &&
			(this.reader.newestFirst ? list.atTop : list.atBottom);
		const {line, offset} = list.anchor();
		if (changed.size === 1 && changed.has('order')) return {id: line.id, offset: Math.max(0, offset)};
		if (changed.has('since') || changed.has('until')) {
			const until = resolve(state.until, zone) ?? Infinity;
			if (line.ms < (resolve(state.since, zone) ?? 0) || line.ms >= until) return {end: state.order === 'asc' && until < Infinity ? 'oldest' : 'newest'};
		}
		if (atNewest || (lines.ends.bottom && lines.ends.top && list.atBottom)) return {end: 'newest', firstHit: true};
		const current = this.here();
		return state.context === '1' && current?.match ? {id: current.id} : {time: line.ms, offset: Math.max(0, offset)};
	}

	layout() {
		document.body.classList.toggle('wrap', state.wrap === '1');
		byId('time').textContent = rangeName();
		[byId('case').textContent, byId('case').title] = caseNames[state.case] ?? caseNames[''];
		this.columnsView.layout(state.numbers === '1');
	}

	// A row's height before it has been made: certain when its text must fit, all characters being of one width.
	estimate(line) {
		if (this.metrics?.width !== this.list.width) this.metrics = this.measure();
		const {chars, height} = this.metrics;
		let length = line.text.length;
		for (const name of this.contextFields) if (member(line.members, name) !== undefined) length += name.length + 9;
		line.sure = length < chars && line.late === 0 && !this.opened.has(line.id) && !line.cut && !/[^\x20-\x7e]/.test(line.text);
		return state.wrap === '1' && chars > 0 ? height * Math.ceil(Math.max(1, Math.min(length, 3000)) / chars) : height;
	}

	measure() {
		const list = byId('list'), probe = el('span.probe', '0'.repeat(100));
		list.append(probe);
		const ch = probe.offsetWidth / 100, height = probe.offsetHeight;
		probe.remove();
		return {width: this.list.width, height, chars: Math.floor((byId('head').lastChild?.offsetWidth ?? 0) / ch)};
	}

	answered(answer) {
		this.answer = answer;
		showChips(byId('chips'), state.q, answer, (q) => this.apply(q));
		if (answer.complete === false) this.incomplete(answer.incomplete ?? []);
	}

	shown(lines, place) {
		this.notices?.recovered();
		this.numbers?.reset();
		if (place.id) this.setCurrent(lines.byId(place.id));
		if (lines.length) return;
		this.equip();
		this.notices.nothing();
	}

	incomplete(reasons, goOn) {
		this.equip();
		this.notices.incomplete(reasons, goOn);
	}

	failed(error, again) {
		this.equip();
		this.notices.failed(error, again);
	}

	loading(yes) {
		clearTimeout(this.loadingTimer);
		document.body.classList.remove('loading');
		this.status?.searching(null);
		if (!yes) return;
		const begin = Date.now();
		this.loadingTimer = setTimeout(() => {
			document.body.classList.add('loading');
			this.equip();
			this.status.searching(begin);
		}, 80);
	}

	moved() {
		if (!this.survey) return;
		this.survey.track();
		this.numbers.need();
		this.tail.moved();
	}

	apply(q) { return change({q}).size > 0; }
	say(text) { this.status.say(text); }

	columnsOfState() { this.columnsView.set(state.cols ? state.cols.split(',').filter(Boolean) : this.defaultColumns); this.recolumn(); }

	setColumns(names) {
		this.columnsView.set(names);
		adjust({cols: names.join(',') === this.defaultColumns.join(',') ? '' : names.join(',')});
		this.recolumn();
	}

	recolumn() {
		this.columnsView.fit(this.list.lines?.list ?? []);
		this.list.restyle();
		this.filters?.arrange();
	}

	toggleColumn(name) {
		const others = this.columns.filter((other) => other !== name);
		this.setColumns(others.length < this.columns.length ? others : [...others, name]);
	}

	here() {
		const seen = this.list.visible(), {lines} = this.list, line = lines?.byId(this.current);
		const i = line ? lines.indexOf(line) : -1;
		return seen && (i >= seen.firstIndex && i <= seen.lastIndex ? line : seen.first);
	}

	setCurrent(line) {
		const before = this.list.lines?.byId(this.current);
		this.current = line?.id ?? null;
		if (before && before !== line) this.list.refresh(before);
		if (line) this.list.refresh(line);
	}

	// Is it the linked line, or one of the linked range?
	linked(line) {
		if (!state.line) return false;
		const ends = state.line.split('..'), [first, last] = ends.map((id) => this.list.lines.byId(id));
		return ends.includes(line.id) || Boolean(first && last) && compare(line, first) * compare(line, last) < 0;
	}
}

new Page().begin();
