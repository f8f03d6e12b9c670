// Fetches the stretch of the result that the reader looks at: both ways by cursor, from a time, a line or an end.
import {ask, get, randomText} from './api.js';
import {Lines} from './lines.js';
import {state} from './state.js';
import {conditions} from './query.js';
import {resolve, rfc3339} from './zone.js';
import {zone, ticket, searchParameters, linesParameters, showsAll} from './search.js';

const page = 300;  // lines asked for when an end comes near

export class Reader {
	constructor(list, page) {
		this.list = list;
		this.page = page;
		this.pending = {top: null, bottom: null};
		this.failedAt = {top: 0, bottom: 0};
		this.generation = 0;
		this.newestAsked = 0;
	}

	get newestFirst() { return state.order === 'desc'; }
	get newestEnd() { return this.newestFirst ? 'top' : 'bottom'; }
	get oldestEnd() { return this.newestFirst ? 'bottom' : 'top'; }
	get lines() { return this.list.lines; }

	fetch(order, extra, signal, bounds = {}) {
		return ask('grep', [...linesParameters(order, bounds), ...extra], signal);
	}

	cancel() {
		this.aborter?.abort();
		for (const end in this.pending) { this.pending[end]?.abort(); this.pending[end] = null; }
		this.page.loading(false);
	}

	// place: {end: 'newest'|'oldest'}, {time: ms}, {id}. Replaces what is shown, once the answer is there.
	async open(place) {
		this.cancel();
		const generation = ++this.generation;
		const aborter = this.aborter = new AbortController();
		this.page.loading(true);
		try {
			if (state.context === '1' && place.firstHit) place = await this.firstHit(place, aborter.signal);
			const lines = new Lines(this.newestFirst);
			const show = await this.load(lines, place, aborter.signal);
			if (generation !== this.generation) return null;
			this.page.columnsView.fit(lines.list);
			this.list.show(lines, show);
			this.page.loading(false);
			ticket.now = randomText();
			this.page.shown(lines, place);
			return lines;
		} catch (error) {
			if (error.name === 'AbortError' || generation !== this.generation) return null;
			this.page.loading(false);
			this.page.failed(error, () => this.open(place));
			return null;
		}
	}

	// With context on the list begins at the first hit, as `less +/pattern` does.
	async firstHit(place, signal) {
		if (!conditions(state.q).length) return place;
		const {results: [hit]} = await ask('grep', [...searchParameters(), ['order', place.end === 'newest' ? 'desc' : 'asc'], ['limit', 1]], signal);
		return hit ? {id: hit.id} : place;
	}

	async load(lines, place, signal) {
		const add = ({results, next}, end) => {
			lines.add(results, showsAll());
			if (next === null) lines.ends[end] = true;
		};
		if (place.end) {
			const newest = place.end === 'newest', ends = [this.newestEnd, this.oldestEnd];
			const answer = await this.fetch(newest ? 'desc' : 'asc', [], signal);
			this.page.answered(answer);
			add(answer, ends[newest ? 1 : 0]);
			lines.ends[ends[newest ? 0 : 1]] = true;
			if (newest) this.newestAsked = Date.now();
			return {line: null, offset: newest === this.newestFirst ? 0 : Infinity};
		}
		const [after, before] = await Promise.all([['asc', 'since'], ['desc', 'until']].map(([order, bound]) => (place.id
			? this.fetch(order, [['around', place.id]], signal)
			: this.fetch(order, [], signal, {[bound]: rfc3339(this.within(place.time + (this.newestFirst ? 1 : 0)))}))));  // the line of that time comes first
		this.page.answered(after);
		add(after, this.newestEnd);
		add(before, this.oldestEnd);
		const line = place.id ? lines.byId(place.id)
			: lines.byId((this.newestFirst ? before : after).results[0]?.id) ?? lines.at(this.newestFirst ? 0 : lines.length - 1);
		return {line: line ?? null, offset: place.offset ?? (place.id ? Math.round(this.list.height / 3) : 0)};
	}

	within(ms) {
		return Math.min(Math.max(ms, resolve(state.since, zone) ?? -Infinity), resolve(state.until, zone) ?? Infinity);
	}

	async need(end) {
		const {lines} = this;
		if (this.pending[end] || !lines.length || lines.ends[end] || lines.arrival || this.failedAt[end] > Date.now() - 2000) return;
		const aborter = this.pending[end] = new AbortController();
		const generation = this.generation;
		const order = (end === 'bottom') === this.newestFirst ? 'desc' : 'asc';
		try {
			const answer = await this.fetch(order, [['limit', page], ['cursor', lines.edge(end).cursor]], aborter.signal);
			if (generation !== this.generation) return;
			const anchor = this.list.anchor();
			lines.add(answer.results, showsAll());
			if (answer.next === null || (answer.complete === false && !answer.results.length)) {
				lines.ends[end] = true;
				if (end === this.newestEnd) this.newestAsked = Date.now();
			}
			lines.trim(end);
			this.pending[end] = null;
			this.list.update(anchor);
			if (answer.complete === false) {
				this.page.answered(answer);
				if (answer.next !== null && !answer.results.length) this.page.incomplete(answer.incomplete, () => { lines.ends[end] = false; this.need(end); });
			}
		} catch (error) {
			if (error.name === 'AbortError' || generation !== this.generation) return;
			this.failedAt[end] = Date.now();
			this.page.failed(error, () => { this.failedAt[end] = 0; return this.need(end); });
		} finally {
			if (this.pending[end] === aborter) this.pending[end] = null;
		}
	}

	lookForNewer() {
		const {lines} = this;
		if (!lines?.length || lines.arrival || !lines.ends[this.newestEnd] || Date.now() - this.newestAsked < 2000) return;
		this.newestAsked = Date.now();
		lines.ends[this.newestEnd] = false;
		this.need(this.newestEnd);
	}

	// The nearest line of `query` (beside the search itself) behind or before `from`; null if there is none.
	async seek(query, from, forward, signal) {
		const own = state.context === '1' ? [] : [['q', state.q]];
		const {results} = await ask('grep', [...searchParameters({query}), ...own, ['order', forward ? 'asc' : 'desc'], ['limit', 1], ['cursor', from.cursor]], signal);
		return results[0] ?? null;
	}

	async goTo(id) {
		const line = this.lines?.byId(id);
		if (line) { this.list.reveal(line); return line; }
		const lines = await this.open({id});
		return lines?.byId(id) ?? null;
	}

	async goToEnd(which) {
		const end = which === 'newest' ? this.newestEnd : this.oldestEnd;
		const {lines} = this;
		if (lines?.length && lines.ends[end]) {
			if (end === 'top') this.list.scrollTo({line: null, offset: 0}); else this.list.scrollToBottom();
			if (which === 'newest') this.lookForNewer();
			return;
		}
		await this.open({end: which});
	}
}
