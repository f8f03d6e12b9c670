// The lines that are loaded: a bounded stretch of the result, sorted by (time, id), each line once.

const maxLines = 2400;

// Times are RFC 3339 in UTC with as many digits as the event has: without the Z they sort as text.
export function compare(a, b) {
	if (a.sortTime !== b.sortTime) return a.sortTime < b.sortTime ? -1 : 1;
	if (a.id === b.id) return 0;
	return a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}

function makeLine(result, everything) {
	return {
		id: result.id, time: result.datetime, sortTime: result.datetime.replace('Z', ''), ms: Date.parse(result.datetime),
		text: result.logline ?? '', spans: result.spans ?? [], members: result.js ?? {}, cut: Boolean(result.cut),
		match: result.match !== false, cursor: result.cursor, group: result.group ?? null,
		hit: everything || result.match !== false,  // not only of its surroundings: paging goes by these
		height: 0, late: 0, revision: 0,
	};
}

export class Lines {
	constructor(newestFirst) {
		this.newestFirst = newestFirst;
		this.list = [];
		this.known = new Map();  // id: line
		this.ends = {top: false, bottom: false};  // true: nothing lies beyond
	}

	get length() { return this.list.length; }
	at(i) { return this.list[i]; }
	byId(id) { return this.known.get(id); }
	indexOf(line) {
		if (this.arrival) return this.list.indexOf(line);
		let low = 0, high = this.list.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.order(this.list[middle], line) < 0) low = middle + 1; else high = middle;
		}
		return this.list[low] === line ? low : -1;
	}

	order(a, b) { return this.newestFirst ? compare(b, a) : compare(a, b); }

	// Results in any order; `everything`: a line that does not match is part of the result too. Returns the new lines.
	add(results, everything = false) {
		const fresh = [];
		for (const result of results) {
			const there = this.known.get(result.id);
			if (!there) {
				const line = makeLine(result, everything);
				this.known.set(line.id, line);
				fresh.push(line);
			} else if (result.match !== false && !there.hit) {
				Object.assign(there, {hit: true, match: true, spans: result.spans ?? [], revision: there.revision + 1});
			}
		}
		if (!fresh.length) return fresh;
		fresh.sort((a, b) => this.order(a, b));
		const {list} = this;
		if (!list.length || this.order(list[list.length - 1], fresh[0]) < 0) list.push(...fresh);
		else if (this.order(fresh[fresh.length - 1], list[0]) < 0) this.list = fresh.concat(list);
		else this.list = list.concat(fresh).sort((a, b) => this.order(a, b));
		return fresh;
	}

	// A live line goes to the bottom, whatever its time is; how late it is is kept.
	arrive(result) {
		if (this.known.has(result.id)) return null;
		const line = makeLine(result, true);
		this.arrival = true;
		this.newest = Math.max(this.newest ?? this.list[this.list.length - 1]?.ms ?? 0, line.ms);
		line.late = this.newest - line.ms;
		this.known.set(line.id, line);
		this.list.push(line);
		return line;
	}

	remove(lines) {
		for (const line of lines) this.known.delete(line.id);
		this.list = this.list.filter((line) => this.known.has(line.id));
	}

	// Drops what lies far from the end that grows.
	trim(growing) {
		const excess = this.list.length - maxLines;
		if (excess <= 0) return;
		const down = growing === 'bottom';
		for (const line of down ? this.list.splice(0, excess) : this.list.splice(-excess)) this.known.delete(line.id);
		this.ends[down ? 'top' : 'bottom'] = false;
	}

	edge(end) {
		const hit = (line) => line.hit, top = end === 'top';
		return (top ? this.list.find(hit) : this.list.findLast(hit)) ?? this.list.at(top ? 0 : -1);
	}
}
