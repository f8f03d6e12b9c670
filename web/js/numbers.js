// Line numbers, Nth line (Ng) and N percent (Np) of a result that is never loaded as a whole, by counting.
import {ask, get} from './api.js';
import {searchParameters, showsAll} from './search.js';
import {state} from './state.js';
import {rfc3339} from './zone.js';

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

	get counted() { return state.context === '1' ? '' : state.q; }
	get usable() { return (showsAll() || !(state.A || state.B || state.C)) && !this.page.list.lines?.arrival; }

	// The number of one line: how many are before its time. The others follow.
	async need() {
		const {list} = this.page, {lines} = list;
		if (state.numbers !== '1' || this.asking || !lines?.length || !this.usable || (this.base && lines.byId(this.base.id))) return;
		const line = this.firstOfItsTime(lines);
		if (!line) return;
		this.asking = true;
		await this.page.attempt(async () => {
			const {count} = await ask('count', searchParameters({query: this.counted, until: line.time}));
			this.base = {id: line.id, number: count + 1};
			if (list.lines === lines) list.restyle();
		});
		this.asking = false;
	}

	firstOfItsTime(lines) {  // of several lines with one time the count can't tell which is which
		const oldest = lines.newestFirst ? lines.length - 1 : 0, step = lines.newestFirst ? -1 : 1;
		if (lines.ends[lines.newestFirst ? 'bottom' : 'top']) return lines.at(oldest);
		for (let i = oldest + step; i >= 0 && i < lines.length; i += step)
			if (lines.at(i).sortTime !== lines.at(i - step).sortTime) return lines.at(i);
		return null;
	}

	goTo(n) { return this.page.attempt(() => this.look(n)); }

	async look(left) {
		const {page} = this, query = this.counted;
		let {since, until} = state;
		for (let depth = 0; depth < 12; ++depth) {
			const answer = await ask('histogram', [...searchParameters({query, since, until}), ['buckets', 200]]);
			if (left > answer.total) return page.reader.goToEnd('newest');
			if (answer.total <= 500 || answer.width_ms <= 1) break;
			const counts = Object.values(answer.counts), sum = (i) => counts.reduce((all, row) => all + row[i], 0);
			let bucket = 0;
			for (let here; left > (here = sum(bucket)); ++bucket) left -= here;
			const begin = Date.parse(answer.origin) + bucket * answer.width_ms;
			if (!(Date.parse(since) > begin)) since = rfc3339(begin);
			until = rfc3339(begin + answer.width_ms);
		}
		const {results} = await ask('grep', [...searchParameters({query, since, until}), ['order', 'asc'], ['limit', left]]);
		if (results.length) await page.find.goTo(results.at(-1));
	}

	percent(n) {
		return this.goTo(Math.max(1, Math.round((this.page.survey.total * Math.min(100, n)) / 100)));
	}
}
