// The page that reads one index: runs a search whenever the address says another one.
import {el, byId, button, number, duration, perFrame} from './dom.js';
import {get, index, indexPath} from './api.js';
import {state, change, onChange} from './state.js';
import {Zone, resolve} from './zone.js';
import {List} from './list.js';
import {Rows, member} from './row.js';
import {Reader} from './reader.js';
import {zone, ticket, searchParameters} from './search.js';
import {HistogramView} from './histogram.js';
import {Rail} from './rail.js';
import {Filters} from './filters.js';
import {Columns} from './columns.js';
import {Tail} from './tail.js';
import {Find} from './find.js';
import {StatusBar} from './statusbar.js';
import {showChips} from './chips.js';
import {Notices} from './notices.js';
import {LineActions} from './lineactions.js';
import {keyTable} from './keytable.js';
import {Keys} from './keys.js';
import {chooseRange, rangeName, step} from './timerange.js';
import {showMenu, command} from './menu.js';
import {showShortcuts} from './saved.js';
import {Gaps} from './gaps.js';
import {byModifier, conditions} from './query.js';
import {levelFields} from './level.js';
import {compare} from './lines.js';
import {Numbers} from './numbers.js';
import './theme.js';

const sameCandidates = ['request_id', 'trace_id', 'traceId', 'correlation_id', 'session_id', 'process', 'host'];

class Page {
	constructor() {
		this.fields = [];
		this.levels = [];
		this.contextFields = new Set();
		this.defaultColumns = [];
		this.opened = new Map();  // line id: what of it is unfolded
		this.answer = null;
		this.find = new Find(this);
		this.gaps = new Gaps(this);
		this.notices = new Notices(byId('notice'), this);
		this.columnsView = new Columns(byId('head'), byId('list'), this);
		this.rows = new Rows(this);
		this.list = new List(byId('list'), this);
		this.reader = new Reader(this.list, this);
		this.numbers = new Numbers(this);
		this.histogram = new HistogramView(byId('bars'), this);
		this.rail = new Rail(byId('rail'), this);
		this.filters = new Filters(byId('fields'), this);
		this.tail = new Tail(this);
		this.lineActions = new LineActions(byId('list'), this);
		this.status = new StatusBar(byId('status'), this);
		this.keys = new Keys(keyTable(this));
		this.keys.typed = (count) => this.status.typed(count);
		this.status.addToggles([['F', 'follow', () => this.tail.active], ['c', 'context', () => state.context === '1'], ['S', 'wrap', () => state.wrap === '1'],
			['r', () => (state.order === 'asc' ? 'oldest first' : 'newest first'), () => false]]);
		this.trackPosition = perFrame(() => this.showPosition());
		this.controls();
		onChange((changed) => this.changed(changed));
		byId('list').addEventListener('wheel', () => { if (this.list.atBottom || this.list.atTop) this.reader.lookForNewer(); }, {passive: true});
		addEventListener('themechange', () => { this.histogram.draw(); this.rail.draw(); });
	}

	get zone() { return zone.now; }
	get columns() { return this.columnsView.names; }
	get marking() { return state.context === '1' && conditions(state.q).length > 0; }
	get unfiltered() { return !conditions(state.q).length; }
	get begins() { return this.unfiltered && !state.since && state.order === 'asc' && this.list.lines.ends.top; }
	get numbered() { return state.numbers === '1'; }
	get levelField() { return levelFields.find((name) => this.fields.some((field) => field.name === name)); }
	get sameFields() { return sameCandidates.filter((name) => this.fields.some((field) => field.name === name)); }

	controls() {
		const input = byId('q');
		input.value = state.q;
		byId('search').addEventListener('submit', (event) => {
			event.preventDefault();
			byId('list').focus({preventScroll: true});
			if (!this.apply(input.value.trim())) this.run(this.placeNow());
		});
		input.addEventListener('keydown', (event) => { if (event.key === 'Escape') { input.value = state.q; byId('list').focus(); } });
		const actions = {
			case: () => change({case: {'': 'exact', exact: 'ignore', ignore: ''}[state.case] ?? ''}),
			time: chooseRange, back: () => this.step(-1), forward: () => this.step(1), wider: () => step(0, this.range()),
			menu: (anchor) => showMenu(anchor, this), shortcuts: (anchor) => showShortcuts(anchor, this), panel: () => this.togglePanel(),
		};
		for (const [id, action] of Object.entries(actions)) byId(id).addEventListener('click', (event) => action(event.currentTarget));
		byId('place').textContent = index;
	}

	async begin() {
		this.layout();
		const [first] = state.line.split('..');
		const loading = this.run(first ? {id: first} : {end: 'newest', firstHit: true});
		try {
			const answer = await get(indexPath('fields'));
			this.fields = answer.fields;
			this.defaultColumns = answer.columns ?? [];
			this.contextFields = new Set(this.fields.filter(({context}) => context).map(({name}) => name));
			this.setColumns(state.cols ? state.cols.split(',').filter(Boolean) : this.defaultColumns, true);
			this.filters.setFields(this.fields);
		} catch (error) {
			this.say(error.message);
		}
		await loading;
		this.gaps.load().then(() => { if (this.gaps.list.length) this.list.restyle(); this.notices.down(this.gaps.open); }, () => {});
		this.survey();
		if (state.follow === '1') this.toggleTail(true);
	}

	async run(place) {
		if (this.tail.active) this.endTail();
		this.notices.clear();
		this.layout();
		const lines = await this.reader.open(place);
		if (lines && this.fields.length) this.survey();
		return lines;
	}

	async survey() {
		this.surveyed = Date.now();
		this.surveyor?.abort();
		const {signal} = (this.surveyor = new AbortController());
		byId('survey').classList.add('stale');
		try {
			const buckets = Math.max(60, Math.min(300, Math.floor(byId('bars').clientWidth / 4)));
			const answer = await get(indexPath('histogram'), [...searchParameters(), ['buckets', buckets], ['split', this.levelField ?? '']], signal);
			this.total = answer.total;
			this.histogram.show(answer);
			this.rail.draw();
			this.levels = Object.keys(answer.counts);
			byId('survey').classList.remove('stale');
			this.showTotal();
			this.showPosition();
			if (answer.incomplete?.length) this.notices.incomplete(answer.incomplete);
		} catch (error) {
			if (error.name === 'AbortError') return;
			byId('total').textContent = error.message;
		}
		if (!signal.aborted) this.filters.refresh();
	}

	// A search is the whole of q, time and case; everything else only shows it another way.
	changed(changed) {
		const has = (...names) => names.some((name) => changed.has(name));
		if (has('tz')) zone.now = new Zone(state.tz);
		if (has('cols') && state.cols !== this.columns.join(','))
			this.setColumns(state.cols ? state.cols.split(',').filter(Boolean) : this.defaultColumns, true);
		byId('q').value = state.q;
		this.layout();
		if (has('q', 'since', 'until', 'case', 'order', 'context', 'A', 'B', 'C', 'same', 'within')) this.run(this.placeNow(changed));
		else if (has('tz', 'wrap', 'numbers')) { this.columnsView.draw(); this.list.restyle(); this.histogram.draw(); this.rail.draw(); }
		this.status.show();
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
			const since = resolve(state.since, zone.now), until = resolve(state.until, zone.now);
			if ((since !== null && line.ms < since) || (until !== null && line.ms >= until)) return {end: state.order === 'asc' && until !== null ? 'oldest' : 'newest'};
		}
		if (atNewest || (lines.ends.bottom && lines.ends.top && list.atBottom)) return {end: 'newest', firstHit: true};
		const current = this.here();
		return state.context === '1' && current?.match ? {id: current.id} : {time: line.ms, offset: Math.max(0, offset)};
	}

	layout() {
		document.body.classList.toggle('wrap', state.wrap === '1');
		byId('time').textContent = rangeName();
		const name = {'': 'aA', exact: 'A≠a', ignore: 'A=a'}[state.case] ?? 'aA';
		byId('case').textContent = name;
		byId('case').title = {'': 'smart case: a word without capitals ignores case', exact: 'case matters', ignore: 'case does not matter'}[state.case] ?? '';
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
		if (answer.complete === false) this.notices.incomplete(answer.incomplete ?? []);
	}

	shown(lines, place) {
		this.notices.recovered();
		if (place.id) this.setCurrent(lines.byId(place.id));
		if (!lines.length) this.notices.nothing();
		this.numbers.reset();
	}

	loading(yes) {
		clearTimeout(this.loadingTimer);
		clearInterval(this.loadingClock);
		this.loadingClock = null;
		document.body.classList.remove('loading');
		this.status?.busy(null);
		if (!yes) return;
		const begin = Date.now();
		this.loadingTimer = setTimeout(() => {
			document.body.classList.add('loading');
			this.loadingClock = setInterval(async () => {
				const clock = this.loadingClock, {share} = await get(`api/progress/${ticket.now}/`).catch(() => ({}));
				if (clock === this.loadingClock) this.status.busy(((Date.now() - begin) / 1000).toFixed(1), share);
			}, 500);
		}, 80);
	}

	cancel() {
		this.reader.cancel();
		this.surveyor?.abort();
		this.say('cancelled');
	}

	moved() {
		this.trackPosition();
		this.numbers?.need();
		if (!this.tail?.ready) return;
		if (this.list.atBottom && this.tail.paused) this.tail.resume();
		else if (!this.list.atBottom && !this.tail.paused && !this.appending) this.tail.pause();
	}

	showPosition() {
		const seen = this.list.visible();
		if (!seen) { this.status.position([]); return; }
		const {first, last} = seen;
		const date = `${zone.now.date(first.ms)} ${zone.now.weekday(first.ms)}`;
		if (this.columnsView.date.textContent !== date) this.columnsView.date.textContent = date;
		this.rail.mark(first.ms, last.ms);
		if (this.histogram.data) this.histogram.mark(Math.min(first.ms, last.ms), Math.max(first.ms, last.ms));
		const {lines} = this.list, range = this.range();
		const begin = lines.ends.top && this.list.atTop, end = lines.ends.bottom && this.list.atBottom;
		const share = range && range[1] > range[0] ? Math.round(((first.ms - range[0]) / (range[1] - range[0])) * 100) : null;
		const here = begin && end ? 'all' : end ? 'end' : begin ? 'top' : share === null ? '' : `${Math.min(100, Math.max(0, share))}%`;
		this.status.position([el('span', `${zone.now.second(first.ms)} – ${zone.now.second(last.ms)} ${zone.now.suffix(first.ms)}`), el('b', here)]);
	}

	showTotal() {
		document.body.style.setProperty('--number', `${number(this.total).length}ch`);
		const range = this.range();
		byId('total').replaceChildren(el('b', number(this.total)), `${this.total === 1 ? 'line' : 'lines'} `, range ? el('span', `in ${duration(range[1] - range[0])}`) : '');
	}

	// The time that is searched, in ms: as chosen, or as far as there are events.
	range() {
		const now = Date.now(), {data} = this.histogram ?? {};
		const from = resolve(state.since, zone.now, now) ?? data?.origin;
		const to = resolve(state.until, zone.now, now) ?? (data ? data.origin + data.width * data.stacks.length : undefined);
		return from === undefined || to === undefined ? null : [from, to];
	}

	apply(q) { return change({q}).size > 0; }
	zoom(from, to) { change({since: new Date(from).toISOString(), until: new Date(to).toISOString()}); }
	say(text) { this.status.say(text); }
	step(direction) { const width = step(direction, this.range()); if (width) this.say(`${direction < 0 ? 'back' : 'forward'} by ${width}`); }
	reverse() { change({order: state.order === 'asc' ? 'desc' : 'asc'}); }

	toggleContext() {
		if (!conditions(state.q).length) return this.say('context needs a query: everything is shown already');
		change({context: state.context === '1' ? '' : '1'});
	}

	setColumns(names, quiet = false) {
		this.columnsView.set(names);
		if (!quiet) change({cols: names.join(',') === this.defaultColumns.join(',') ? '' : names.join(',')}, {step: false});
		this.columnsView.fit(this.list.lines?.list ?? []);
		this.list.restyle();
		this.filters.arrange();
	}

	toggleColumn(name) {
		const {columns} = this;
		this.setColumns(columns.includes(name) ? columns.filter((other) => other !== name) : [...columns, name]);
	}

	togglePanel() {
		const hidden = document.body.classList.toggle(innerWidth < 800 ? 'panel' : 'nopanel');
		byId('panel').setAttribute('aria-expanded', String(innerWidth < 800 ? hidden : !hidden));
		this.histogram.draw();
	}

	here() {
		const seen = this.list.visible();
		if (!seen) return null;
		const line = this.current && this.list.lines.byId(this.current);
		const i = line ? this.list.lines.indexOf(line) : -1;
		return i >= seen.firstIndex && i <= seen.lastIndex ? line : seen.first;
	}

	setCurrent(line) {
		const before = this.current && this.list.lines?.byId(this.current);
		this.current = line?.id ?? null;
		if (before && before !== line) this.list.refresh(before);
		if (line) this.list.refresh(line);
	}

	async goTo(result) {
		const line = await this.reader.goTo(result.id);
		if (!line) return;
		if (result.spans?.length && !line.spans.length && !this.find.words?.length) line.spans = result.spans;
		this.setCurrent(line);
		this.list.reveal(line);
	}

	inRange(line) {
		if (!state.line) return false;
		const [a, b] = state.line.split('..');
		if (line.id === a || line.id === b) return true;
		const first = b && this.list.lines?.byId(a), last = b && this.list.lines?.byId(b);
		return Boolean(first && last) && compare(line, first) * compare(line, last) < 0;
	}

	async toggleTail(on = !this.tail.active) {
		if (!on) {
			const place = this.list.atBottom ? {end: 'newest'} : {id: this.here()?.id, offset: this.list.anchor().offset};
			this.endTail();
			if (this.list.lines?.arrival) await this.reader.open(place);
			return;
		}
		change({order: 'asc', context: '', until: ''}, {step: false});
		document.body.classList.add('following');
		const begun = this.tail.start();
		this.status.show();
		await begun;
		if (!await this.reader.open({end: 'newest'}) || !this.tail.active) return;
		change({follow: '1'}, {step: false});
		this.tail.resume();
	}

	endTail() {
		change({follow: ''}, {step: false});
		this.tail.stop();
		for (const kind of ['lost', 'waiting']) this.notices.set(kind, null);
		document.body.classList.remove('following');
		this.status.show();
	}

	arrived(results) {
		const anchor = this.list.anchor(), {lines} = this.list;
		this.notices.clear();
		for (const result of results) lines.arrive(result);
		lines.trim('bottom');
		if (Date.now() - this.surveyed > 10000) this.survey();
		this.appending = true;
		this.list.update(anchor);
		if (!this.tail.paused) this.list.scrollToBottom();
		this.appending = false;
	}

	get command() { return command(this.answer?.query?.canonical, this.columns); }

	help() {
		const dialog = byId('help');
		dialog.replaceChildren(el('header', el('h2', 'Keys, as in less'), button('×', () => dialog.close(), {title: 'close'})), this.keys.help(),
			el('p', 'Click a value: only this. Ctrl-click: add. Alt-click: exclude. Click a line: its members. Click a time: link to the line; shift-click: to a range.'));
		dialog.showModal();
	}

	cellClick(event, field, line) {
		const value = member(line.members, field);
		const values = [value].flat();
		if (value === undefined || !values.length || values.some((one) => one !== null && typeof one === 'object')) return;
		this.apply(byModifier(event)(state.q, field, values.map(String)));
	}
}

const page = new Page();
page.begin();
