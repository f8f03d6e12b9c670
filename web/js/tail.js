// Follows the log as it arrives. Nothing is lost: what comes while the reader looks elsewhere waits; beyond a bound it is
// only counted, and fetched again from the last line shown.
import {address, indexPath} from './api.js';
import {adjust} from './state.js';
import {searchParameters} from './search.js';

const mostWaiting = 2000;
const recount = 10000;  // ms between counts of the whole

export class Tail {
	constructor(page) {
		this.page = page;
		this.active = false;
	}

	async toggle(on = !this.active) {
		const {page, page: {list, reader, status}} = this;
		if (!on) {
			const place = list.atBottom ? {end: 'newest'} : {id: page.here()?.id, offset: list.anchor().offset};
			this.end();
			if (list.lines?.arrival) await reader.open(place);
			return;
		}
		adjust({order: 'asc', context: '', until: ''});
		document.body.classList.add('following');
		const begun = this.start();
		status.show();
		await begun;
		if (!await reader.open({end: 'newest'}) || !this.active) return;
		adjust({follow: '1'});
		this.resume();
	}

	// Lines wait until resume(); the promise says that from now on none is missed.
	start() {
		this.active = this.paused = true;
		this.ready = false;
		this.last = '';
		this.connect();
		return new Promise((begun) => { this.begun = begun; });
	}

	connect() {
		const {notices} = this.page;
		this.source?.close();
		this.waiting = [];
		this.counted = 0;
		const source = this.source = new EventSource(address(indexPath('tail'), [...searchParameters({until: '', since: ''}), ['after', this.last]]));
		source.addEventListener('start', ({lastEventId}) => {
			this.last ||= lastEventId;
			notices.connected(true);
			this.begun();
		});
		source.addEventListener('line', ({data}) => this.received(JSON.parse(data)));
		source.addEventListener('error', () => {
			notices.connected(false);
			if (source.readyState === EventSource.CLOSED) this.again = setTimeout(() => { if (this.source === source) this.connect(); }, 2000);
		});
	}

	received(result) {
		if (this.waiting.length < mostWaiting) this.waiting.push(result);
		++this.counted;
		if (this.paused) return this.ready && this.page.notices.waiting(this.counted);
		this.frame ??= requestAnimationFrame(() => { this.frame = null; if (!this.paused) this.hand(); });
	}

	hand() {
		const results = this.waiting, missing = this.counted - results.length;
		this.waiting = [];
		this.counted = 0;
		if (results.length) {
			this.last = results.at(-1).id;
			this.show(results);
		}
		if (missing > 0) this.connect();  // the rest comes again from the last that was shown
	}

	show(results) {
		const {list, notices, survey} = this.page, {lines} = list, anchor = list.anchor();
		notices.clear();
		for (const result of results) lines.arrive(result);
		lines.trim('bottom');
		if (Date.now() - survey.at > recount) survey.count(); else survey.add(results.length);
		this.appending = true;
		list.update(anchor);
		if (!this.paused) list.scrollToBottom();
		this.appending = false;
	}

	// The list shows another place: the tail waits while that is not its end.
	moved() {
		if (!this.ready) return;
		const {atBottom} = this.page.list;
		if (atBottom && this.paused) this.resume();
		else if (!atBottom && !this.appending) this.paused = true;
	}

	resume() {
		this.paused = false;
		this.ready = true;
		this.page.notices.waiting(0);
		this.hand();
	}

	end() {
		const {notices, status} = this.page;
		adjust({follow: ''});
		this.active = this.ready = false;
		clearTimeout(this.again);
		this.source?.close();
		this.source = null;
		for (const kind of ['lost', 'waiting']) notices.set(kind, null);
		document.body.classList.remove('following');
		status.show();
	}
}
