// Line numbers, Nth line (Ng) and N percent (Np) of a result that is never loaded as a whole, by counting.
import {get, indexPath} from './api.js';
import {searchParameters, showsAll} from './search.js';
import {state} from './state.js';

export class Numbers {
	constructor(page) { this.page = page; }

	reset() { this.base = null; this.asking = false; }

	of(line) {
		if (!this.base || !this.usable) return null;
		const {lines} = this.page.list;
		const from = lines.byId(this.base.id);
		if (!from) return null;
		const away = lines.indexOf(line) - lines.indexOf(from);
		return this.base.number + (lines.newestFirst ? -away : away);
	}

	get usable() { return (showsAll() || !(state.A || state.B || state.C)) && !this.page.list.lines?.arrival; }

	// The number of one line: how many are before its time. The others follow.
	async need() {
		const {list} = this.page, {lines} = list;
		if (state.numbers !== '1' || this.asking || !lines?.length || !this.usable || (this.base && lines.byId(this.base.id))) return;
		const line = this.firstOfItsTime(lines);
		if (!line) return;
		this.asking = true;
		try {
			const query = state.context === '1' ? '' : state.q;
			const {count} = await get(indexPath('count'), searchParameters({query, until: line.time}));
			this.base = {id: line.id, number: count + 1};
			if (list.lines === lines) list.restyle();
		} catch (error) {
			this.page.say(error.message);
		}
		this.asking = false;
	}

	firstOfItsTime(lines) {  // of several lines with one time the count can't tell which is which
		const oldest = lines.newestFirst ? lines.length - 1 : 0, step = lines.newestFirst ? -1 : 1;
		if (lines.ends[lines.newestFirst ? 'bottom' : 'top']) return lines.at(oldest);
		for (let i = oldest + step; i >= 0 && i < lines.length; i += step)
			if (lines.at(i).sortTime !== lines.at(i - step).sortTime) return lines.at(i);
		return null;
	}

	async goTo(n) {
		const {page} = this, query = state.context === '1' ? '' : state.q;
		let {since, until} = state, left = n;
		try {
			for (let depth = 0; depth < 12; ++depth) {
				const answer = await get(indexPath('histogram'), [...searchParameters({query, since, until}), ['buckets', 200]]);
				if (left > answer.total) return page.reader.goToEnd('newest');
				if (answer.total <= 500 || answer.width_ms <= 1) break;
				const sums = Object.values(answer.counts).reduce((all, counts) => counts.map((count, i) => count + (all[i] ?? 0)), []);
				let bucket = 0;
				while (left > sums[bucket]) left -= sums[bucket++];
				const begin = Date.parse(answer.origin) + bucket * answer.width_ms;
				const later = (a, b) => (a && Date.parse(a) > b ? a : new Date(b).toISOString());
				since = later(since, begin);
				until = new Date(begin + answer.width_ms).toISOString();
			}
			const {results} = await get(indexPath('grep'), [...searchParameters({query, since, until}), ['order', 'asc'], ['limit', left]]);
			if (results.length) await page.find.goTo(results.at(-1));
		} catch (error) {
			page.say(error.message);
		}
	}

	percent(n) {
		const {total} = this.page.survey;
		if (total) return this.goTo(Math.max(1, Math.round((total * Math.min(100, n)) / 100)));
	}
}
