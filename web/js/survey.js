// How many lines there are and when, over the whole result; where in it the reader is.
import {el, byId, number, duration, perFrame} from './dom.js';
import {ask} from './api.js';
import {state} from './state.js';
import {zone, searchParameters} from './search.js';
import {resolve} from './zone.js';
import {HistogramView} from './histogram.js';
import {Rail} from './rail.js';

export class Survey {
	constructor(page) {
		this.page = page;
		this.levels = [];
		this.histogram = new HistogramView(byId('bars'), this);
		this.rail = new Rail(byId('rail'), this);
		this.track = perFrame(() => this.showPosition());
		addEventListener('themechange', () => this.draw());
	}

	draw() { this.histogram.draw(); this.rail.draw(); }
	cancel() { this.aborter?.abort(); }

	async count() {
		const {page} = this, box = byId('survey');
		this.at = Date.now();
		this.cancel();
		const {signal} = (this.aborter = new AbortController());
		box.classList.add('stale');
		try {
			const buckets = Math.max(60, Math.min(300, Math.floor(byId('bars').clientWidth / 4)));
			const answer = await ask('histogram', [...searchParameters(), ['buckets', buckets], ['split', page.levelField ?? '']], signal);
			this.total = answer.total;
			this.levels = Object.keys(answer.counts);
			this.histogram.show(answer);
			this.rail.draw();
			box.classList.remove('stale');
			this.showTotal();
			this.showPosition();
			if (answer.incomplete?.length) page.notices.incomplete(answer.incomplete);
		} catch (error) {
			if (error.name === 'AbortError') return;
			byId('total').textContent = error.message;
		}
		if (!signal.aborted) page.filters.refresh();
	}

	add(n) { this.total += n; this.showTotal(); }

	showTotal() {
		document.body.style.setProperty('--number', `${number(this.total).length}ch`);
		const range = this.range();
		byId('total').replaceChildren(el('b', number(this.total)), `${this.total === 1 ? 'line' : 'lines'} `, range ? el('span', `in ${duration(range[1] - range[0])}`) : '');
	}

	// The time that is searched, in ms: as chosen, or as far as there are events. Null if nothing is known.
	range() {
		const now = Date.now(), {data} = this.histogram;
		const from = resolve(state.since, zone, now) ?? data?.origin, to = resolve(state.until, zone, now) ?? data?.end;
		return from === undefined || to === undefined ? null : [from, to];
	}

	showPosition() {
		const {page: {list, columnsView: {date}, status}} = this, seen = list.visible();
		this.rail.thumb.hidden = !seen;
		if (!seen) return status.position([]);
		const {first, last} = seen, day = `${zone.date(first.ms)} ${zone.weekday(first.ms)}`;
		if (date.textContent !== day) date.textContent = day;
		this.rail.mark(first.ms, last.ms);
		this.histogram.mark(Math.min(first.ms, last.ms), Math.max(first.ms, last.ms));
		const {ends} = list.lines, range = this.range();
		const begin = ends.top && list.atTop, end = ends.bottom && list.atBottom;
		const share = range && range[1] > range[0] ? Math.round(((first.ms - range[0]) / (range[1] - range[0])) * 100) : null;
		const here = begin && end ? 'all' : end ? 'end' : begin ? 'top' : share === null ? '' : `${Math.min(100, Math.max(0, share))}%`;
		status.position([el('span', `${zone.second(first.ms)} – ${zone.second(last.ms)} ${zone.suffix(first.ms)}`), el('b', here)]);
	}
}
