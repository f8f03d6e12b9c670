// The virtual list: rows of any height over lines that come and go at both ends. What changes above the reader changes
// where the list begins, never where the reader is.
import {el, perFrame, later} from './dom.js';

const headroom = 1000000;  // px above the first row while older lines may come
const overscan = 600;
const near = 2500;         // px from the end of what is loaded at which more is asked for

export class List {
	// The page makes rows, estimates heights (line.sure: certain), and is told when an end comes near.
	constructor(scroller, page) {
		Object.assign(this, {scroller, page});
		this.space = el('div.space');
		scroller.replaceChildren(this.space);
		this.rows = new Map();  // line: {node, revision, previous, top}
		this.base = this.y = this.spaceHeight = this.widest = this.width = this.height = 0;
		this.tops = [0];
		this.margin = overscan;
		this.lines = null;
		this.draw = perFrame(() => this.render());
		this.settle = later(() => this.normalise(), 160);
		scroller.addEventListener('scroll', () => this.onScroll(), {passive: true});
		new ResizeObserver(() => this.resized()).observe(scroller);
	}

	onScroll() {
		this.y = this.scroller.scrollTop;
		if (this.y < this.base - 1) this.moveTo(this.base);
		this.draw();
		this.settle();
	}

	// The position is kept here as well: to ask the browser for it makes it lay out again.
	moveTo(y) {
		this.y = Math.max(0, Math.min(y, this.spaceHeight - this.height));
		this.scroller.scrollTop = this.y;
	}

	setSpace(height = this.bottom) {
		if (height === this.spaceHeight) return;
		this.spaceHeight = height;
		this.space.style.height = `${height}px`;
	}

	show(lines, place) {
		if (!this.width) this.measure();
		this.lines = lines;
		this.forget();
		this.base = lines.ends.top ? 0 : headroom;
		this.measureAll();
		this.margin = 0;  // what is in view first, what is around it with the next frame
		this.scrollTo(place);
		this.margin = overscan;
		this.draw();
	}

	forget() {
		this.widest = 0;
		this.space.style.width = '';
		this.rows.clear();
		this.space.replaceChildren();
		for (const line of this.lines?.list ?? []) line.height = 0;
	}

	scrollTo({line, offset = 0}) {
		if (offset === Infinity) return this.scrollToBottom();
		const i = line ? this.lines.indexOf(line) : -1;
		const goal = i < 0 ? this.base : this.base + this.tops[i] - offset;
		this.setSpace(Math.max(this.bottom, goal + this.height));
		this.moveTo(goal);
		this.render({line: line ?? this.lines.at(0), offset});
		this.settle();
	}

	scrollToBottom() {
		for (let i = 0; i < 3; ++i) {  // heights near the end become known while it comes into view
			this.setSpace();
			this.moveTo(this.bottom);
			this.render({line: null});
		}
		this.settle();
	}

	get bottom() { return this.base + this.tops[this.tops.length - 1]; }
	get atBottom() { return this.y + this.height >= this.bottom - 4; }
	get atTop() { return this.y <= this.base + 4; }

	measureAll() {
		const {list} = this.lines;
		const tops = this.tops.length === list.length + 1 ? this.tops : new Float64Array(list.length + 1);
		let y = 0;
		for (let i = 0; i < list.length; ++i) {
			tops[i] = y;
			y += list[i].height ||= this.page.estimate(list[i]);
		}
		tops[list.length] = y;
		this.tops = tops;
	}

	indexAt(y) {  // of the line at y, counted from the first line's top
		let low = 0, high = this.tops.length - 2;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (this.tops[middle] <= y) low = middle; else high = middle - 1;
		}
		return Math.max(0, low);
	}

	// The first line in view and how far its top is from the viewport's.
	anchor() {
		if (!this.lines?.length) return {line: null, offset: 0};
		const i = this.indexAt(this.y - this.base);
		return {line: this.lines.at(i), offset: this.base + this.tops[i] - this.y};
	}

	visible() {
		if (!this.lines?.length) return null;
		const y = this.y - this.base;
		const firstIndex = this.indexAt(y), lastIndex = this.indexAt(y + this.height - 1);
		return {first: this.lines.at(firstIndex), last: this.lines.at(lastIndex), firstIndex, lastIndex};
	}

	// Lines came, went or changed their height: keeps `anchor` (as anchor() returned it before) where it was.
	update(anchor) {
		this.keep(anchor);
		if (this.base > 20 * headroom) this.rebase(headroom);
		this.render(anchor);
		this.settle();
	}

	keep({line, offset}) {
		this.measureAll();
		const i = line ? this.lines.indexOf(line) : -1;
		if (i >= 0) this.base = this.y + offset - this.tops[i];
		if (this.base < 0) this.rebase(this.lines.ends.top ? 0 : headroom);
	}

	rebase(base) {
		const y = this.y + base - this.base;
		this.base = base;
		this.setSpace(Math.max(this.bottom, y + this.height));
		this.moveTo(y);
		this.place();
	}

	normalise() {  // only between scrolls, when setting the position disturbs no movement
		if (!this.lines?.length) return;
		if (this.lines.ends.top ? this.base !== 0 : this.base < headroom / 4) this.rebase(this.lines.ends.top ? 0 : headroom);
	}

	// Rows stand still until the list's begin moves, and so are not laid out or painted again.
	place() {
		for (const row of this.rows.values()) {
			const top = this.base + this.tops[row.index];
			if (row.top !== top) row.node.style.top = `${row.top = top}px`;
		}
	}

	render(anchor = this.anchor()) {
		if (!this.lines) return;
		if (!this.lines.length) {
			this.forget();
			this.setSpace(0);
			return this.page.moved();
		}
		for (let pass = 0; pass < 4 && this.renderOnce(anchor); ++pass);
		this.setSpace();
		if (this.widest > this.width) this.space.style.width = `${this.widest}px`;
		this.place();
		const y = this.y - this.base;
		if (!this.margin) return this.page.moved();
		if (!this.lines.ends.top && y < near) this.page.reader.need('top');
		if (!this.lines.ends.bottom && this.tops[this.tops.length - 1] - y - this.height < near) this.page.reader.need('bottom');
		this.page.moved();
	}

	renderOnce(anchor) {
		const y = this.y - this.base;
		const from = this.indexAt(y - this.margin), to = Math.min(this.lines.length, this.indexAt(y + this.height + this.margin) + 1);
		const wanted = this.lines.list.slice(from, to);
		const keep = new Set(wanted);
		for (const [line, row] of this.rows) if (!keep.has(line)) { row.node.remove(); this.rows.delete(line); }
		let next = this.space.firstChild;
		const fresh = [];
		wanted.forEach((line, k) => {
			const previous = from + k > 0 ? this.lines.at(from + k - 1) : null;
			let row = this.rows.get(line);
			if (!row || row.revision !== line.revision || row.previous !== previous) {
				const node = this.page.rows.make(line, previous);
				if (row) {
					if (next === row.node) next = next.nextSibling;
					row.node.remove();
				}
				row = {node, revision: line.revision, previous, top: null};
				this.rows.set(line, row);
				fresh.push(line);
			}
			row.index = from + k;
			if (row.node === next) next = next.nextSibling;
			else this.space.insertBefore(row.node, next);
		});
		let changed = false;
		for (const line of fresh) {
			const {node} = this.rows.get(line);
			if (line.sure && node.childElementCount === 1) continue;  // one row of text, without anything above or below
			const height = node.offsetHeight;
			this.widest = Math.max(this.widest, node.offsetWidth);
			if (height !== line.height) { line.height = height; changed = true; }
		}
		if (!changed) return false;
		this.keep(anchor);
		if (!anchor.line) {
			this.setSpace();
			this.moveTo(this.bottom);
		}
		return true;
	}

	measure() {
		this.width = this.scroller.clientWidth;
		this.height = this.scroller.clientHeight;
	}

	resized() {
		const {width} = this, stay = this.lines?.length && this.atBottom && this.lines.ends.bottom;
		this.measure();
		const wider = width !== this.width;
		if (this.lines?.length && wider) this.restyle(stay);
		else if (stay) this.scrollToBottom();
		else this.draw();
	}

	restyle(atBottom = this.atBottom) {
		if (!this.lines) return;
		const anchor = this.anchor();
		this.forget();
		this.measureAll();
		if (atBottom && this.lines.ends.bottom) this.scrollToBottom(); else this.update(anchor);
	}

	refresh(line) {
		const anchor = this.anchor();
		line.height = 0;
		++line.revision;
		this.update(anchor);
	}

	scrollBy(px) {
		this.moveTo(Math.max(this.base, this.y + px));
		this.render();
	}

	// How far the line's top is below the viewport's.
	offset(line) { return this.base + this.tops[this.lines.indexOf(line)] - this.y; }

	showAll(line) {
		const offset = this.offset(line), over = offset + line.height - this.height;
		if (over > 0) this.scrollBy(Math.min(over, offset));
	}

	reveal(line) {
		const offset = this.offset(line);
		if (offset >= 20 && offset + Math.min(line.height, 100) <= this.height - 20) this.render();
		else this.scrollTo({line, offset: Math.round(this.height / 3)});
	}
}
