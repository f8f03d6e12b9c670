// What the index lacks: days rotated away, times without collecting, lines that could not be stored.
import {ask} from './api.js';
import {number, duration} from './dom.js';
import {zone} from './search.js';

export class Gaps {
	constructor(page) { this.page = page; this.list = []; }

	// A page without them is a page all the same.
	async load() {
		const {gaps} = await ask('gaps').catch(() => ({gaps: []}));
		this.list = gaps.map((gap) => ({...gap, from: Date.parse(gap.since), to: Date.parse(gap.until)}));
		for (const gap of this.list) gap.at = gap.kind === 'rotated' ? gap.to : gap.from;
		this.list.sort((a, b) => a.at - b.at);
		if (this.list.length) this.page.list.restyle();
		this.page.notices.down(this.list.find(({open}) => open));
	}

	// Those that lie between two times; of many the last.
	between(from, to) {
		const found = this.list.filter(({at}) => at > from && at <= to);
		return found.length > 3 ? [{more: found.length - 3}, ...found.slice(-3)] : found;
	}

	text({kind, from, to, lines, reason, more}) {
		if (more) return `and ${number(more)} gaps before`;
		const sameDay = zone.date(from) === zone.date(to);
		if (kind === 'rotated') return `what was before ${zone.date(to)} ${zone.minute(to)} is rotated away`;
		if (kind === 'down') return `nothing was collected for ${duration(to - from)}, until ${sameDay ? '' : `${zone.date(to)} `}${zone.second(to)}`;
		return `${number(lines)} ${lines === 1 ? 'line was' : 'lines were'} rejected here: ${reason}`;
	}
}
