// How many lines there were when, by level, over the whole result. Dragging zooms in.
import {el, number} from './dom.js';
import {colours, fit, ticks} from './canvas.js';
import {classes, levelClass} from './level.js';

const space = 16;  // px under the bars, for the times

// The answer of the API as one list of five counts (and those without a level) for each bucket.
export function stacks(answer) {
	const list = Array.from({length: answer.buckets}, () => [0, 0, 0, 0, 0, 0]);
	for (const [value, counts] of Object.entries(answer.counts)) {
		const at = levelClass(value);
		counts.forEach((n, i) => { if (list[i]) list[i][at < 0 ? 5 : at] += n; });
	}
	return list;
}

export class HistogramView {
	constructor(place, page) {
		Object.assign(this, {place, page});
		this.canvas = el('canvas', {'aria-hidden': 'true'});
		this.brush = el('div.brush', {hidden: true});
		this.tip = el('div.tip', {hidden: true, role: 'status'});
		this.seen = el('div.seen', {hidden: true});
		place.replaceChildren(this.canvas, this.seen, this.brush, this.tip);
		place.addEventListener('pointerdown', (event) => this.down(event));
		place.addEventListener('pointermove', (event) => this.move(event));
		place.addEventListener('pointerup', (event) => this.up(event));
		place.addEventListener('pointerleave', () => { this.tip.hidden = true; });
		new ResizeObserver(() => this.draw()).observe(place);
	}

	show(answer) {
		this.data = answer && {origin: Date.parse(answer.origin), width: answer.width_ms, stacks: stacks(answer), total: answer.total};
		this.draw();
	}

	mark(from, to) {  // the time that the list shows
		this.window = [from, to];
		if (!this.data) return;
		const {width} = this, [a, b] = [from, to].map((ms) => Math.min(width, Math.max(0, this.x(ms))));
		this.seen.hidden = false;
		this.seen.style.transform = `translateX(${a - 1}px)`;
		this.seen.style.width = `${Math.max(3, b - a)}px`;
	}

	draw() {
		const {canvas, place, data, page: {zone}} = this;
		const width = this.width = place.clientWidth, height = place.clientHeight;
		if (!width) return;
		const pen = fit(canvas, width, height);
		if (!data) return;
		const colour = colours(...classes, 'unknown', 'line', 'faint');
		const base = height - space, most = Math.max(1, ...data.stacks.map((stack) => stack.reduce((a, b) => a + b)));
		const step = width / data.stacks.length, bar = Math.max(1, step - (step > 4 ? 1 : 0));
		data.stacks.forEach((stack, i) => {
			let y = base;
			for (const c of [4, 3, 2, 1, 0, 5]) {  // the worst at the bottom, where small counts can be compared
				if (!stack[c]) continue;
				const h = Math.max(c === 3 || c === 4 ? 1.5 : 0.5, (stack[c] / most) * (base - 4));
				pen.fillStyle = colour[c];
				pen.fillRect(i * step, y - h, bar, h);
				y -= h;
			}
		});
		pen.fillStyle = colour[6];
		pen.fillRect(0, base, width, 1);
		for (const [ms, text] of ticks(zone, data.origin, data.origin + data.width * data.stacks.length, width, 76)) {
			const x = Math.round(this.x(ms));
			pen.fillStyle = colour[6];
			pen.fillRect(x, base, 1, 4);
			pen.fillStyle = colour[7];
			if (x + pen.measureText(text).width + 6 < width) pen.fillText(text, x + 4, base + 13);
		}
		if (this.window) this.mark(...this.window);
	}

	x(ms) { return ((ms - this.data.origin) / (this.data.width * this.data.stacks.length)) * this.width; }
	ms(x) { return this.data.origin + (x / this.width) * this.data.width * this.data.stacks.length; }

	bucket(x) { return Math.min(this.data.stacks.length - 1, Math.max(0, Math.floor((x / this.width) * this.data.stacks.length))); }

	down(event) {
		if (!this.data || event.button) return;
		this.start = event.offsetX;
		this.place.setPointerCapture(event.pointerId);
	}

	move(event) {
		if (!this.data) return;
		const x = event.clientX - this.place.getBoundingClientRect().left;
		this.showTip(x);
		if (this.start === undefined) return;
		const [a, b] = [Math.min(this.start, x), Math.max(this.start, x)];
		this.brush.hidden = b - a < 3;
		this.brush.style.left = `${a}px`;
		this.brush.style.width = `${b - a}px`;
	}

	showTip(x) {
		const {data, page: {zone}} = this, i = this.bucket(x), from = data.origin + i * data.width, stack = data.stacks[i];
		const total = stack.reduce((a, b) => a + b);
		const levels = [4, 3, 2, 1, 0].filter((c) => stack[c]).map((c) => el('span', el(`i.${classes[c]}`), `${classes[c]} ${number(stack[c])}`));
		this.tip.replaceChildren(el('b', `${zone.date(from)} ${data.width < 1000 ? zone.time(from) : zone.second(from)}`),
			el('span', `${number(total)} ${total === 1 ? 'line' : 'lines'}`), ...levels);
		this.tip.hidden = false;
		const at = Math.min(this.width - this.tip.offsetWidth - 4, Math.max(0, x + 12));
		this.tip.style.left = `${at}px`;
	}

	up(event) {
		if (this.start === undefined || !this.data) return;
		const x = event.clientX - this.place.getBoundingClientRect().left;
		let [a, b] = [Math.min(this.start, x), Math.max(this.start, x)];
		this.start = undefined;
		this.brush.hidden = true;
		const {origin, width} = this.data;
		if (b - a < 3) a = b = x;  // a click is its bucket
		this.page.zoom(origin + this.bucket(a) * width, origin + (this.bucket(b) + 1) * width);
	}
}
