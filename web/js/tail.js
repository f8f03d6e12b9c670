// Follows the log as it arrives. Nothing is lost: what comes while the reader looks elsewhere waits, and beyond a bound
// it is only counted and fetched again, from the last line that is shown, when the reader comes back.
import {address, indexPath} from './api.js';
import {searchParameters} from './search.js';

const mostWaiting = 2000;

export class Tail {
	constructor(page) {
		this.page = page;
		this.active = false;
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
		this.source?.close();
		this.waiting = [];
		this.counted = 0;
		const source = this.source = new EventSource(address(indexPath('tail'), [...searchParameters({until: '', since: ''}), ['after', this.last]]));
		source.addEventListener('start', ({lastEventId}) => {
			this.last ||= lastEventId;
			this.page.notices.connected(true);
			this.begun();
		});
		source.addEventListener('error', () => {
			this.page.notices.connected(false);
			if (source.readyState === EventSource.CLOSED) this.again = setTimeout(() => { if (this.source === source) this.connect(); }, 2000);
		});
		source.addEventListener('line', (event) => this.received(JSON.parse(event.data)));
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
			this.page.arrived(results);
		}
		if (missing > 0) this.connect();  // the rest comes again from the last that was shown
	}

	pause() { this.paused = true; }

	resume() {
		this.paused = false;
		this.ready = true;
		this.page.notices.waiting(0);
		this.hand();
	}

	stop() {
		this.active = this.ready = false;
		clearTimeout(this.again);
		this.source?.close();
		this.source = null;
	}
}
