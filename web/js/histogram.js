// How many lines there were when, by level, over the whole result. Dragging zooms in.
import {el, number} from './dom.js';
import {Chart, sum, ticks} from './canvas.js';
import {classes, levelClass} from './level.js';
import {change} from './state.js';
import {rfc3339} from './zone.js';

const space = 16;                     // px under the bars, for the times
const upwards = [4, 3, 2, 1, 0, 5];   // the worst at the bottom, where small counts can be compared

// The answer of the API as one list of five counts (and those without a level) for each bucket.
function stacksOf(answer) {
	const list = Array.from({length: answer.buckets}, () => [0, 0, 0, 0, 0, 0]);
	for (const [value, counts] of Object.entries(answer.counts)) {
		const at = levelClass(value);
		counts.forEach((n, i) => { if (list[i]) list[i][at < 0 ? 5 : at] += n; });
	}
	return list;
}

export class HistogramView extends Chart {
	constructor(place, survey) {
		const brush = el('div.brush', {hidden: true}), seen = el('div.seen', {hidden: true});
		super(place, survey, seen, brush);
		Object.assign(this, {brush, seen});
	}

	show(answer) {
		const origin = Date.parse(answer.origin), width = answer.width_ms;
		this.data = {origin, width, stacks: stacksOf(answer), end: origin + width * answer.buckets};
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
		const {data} = this, pen = this.pen();
		if (!pen || !data) return;
		const colour = this.colours(...classes, 'unknown', 'line', 'quiet');
		const base = this.height - space, most = Math.max(1, ...data.stacks.map(sum));
		const step = this.width / data.stacks.length, bar = Math.max(1, step - (step > 4 ? 1 : 0));
		data.stacks.forEach((stack, i) => {
			let y = base;
			for (const c of upwards) {
				if (!stack[c]) continue;
				const h = Math.max(c === 3 || c === 4 ? 1.5 : 0.5, (stack[c] / most) * (base - 4));
				pen.fillStyle = colour[c];
				pen.fillRect(i * step, y - h, bar, h);
				y -= h;
			}
		});
		pen.fillStyle = colour[6];
		pen.fillRect(0, base, this.width, 1);
		for (const [ms, text] of ticks(data.origin, data.end, this.width, 76)) {
			const x = Math.round(this.x(ms));
			pen.fillStyle = colour[6];
			pen.fillRect(x, base, 1, 4);
			pen.fillStyle = colour[7];
			if (x + pen.measureText(text).width + 6 < this.width) pen.fillText(text, x + 4, base + 13);
		}
		if (this.window) this.mark(...this.window);
	}

	x(ms) { return ((ms - this.data.origin) / (this.data.end - this.data.origin)) * this.width; }
	bucket(x) { return Math.min(this.data.stacks.length - 1, Math.max(0, Math.floor((x / this.width) * this.data.stacks.length))); }

	at(event) {  // the pointer, and what it has dragged over
		const x = event.clientX - this.place.getBoundingClientRect().left, from = this.start ?? x;
		return [x, Math.min(from, x), Math.max(from, x)];
	}

	down(event) {
		if (!this.data || event.button) return;
		[this.start] = this.at(event);
		this.place.setPointerCapture(event.pointerId);
	}

	move(event) {
		if (!this.data) return;
		const [x, a, b] = this.at(event);
		this.showTip(x);
		if (this.start === undefined) return;
		this.brush.hidden = b - a < 3;
		this.brush.style.left = `${a}px`;
		this.brush.style.width = `${b - a}px`;
	}

	showTip(x) {
		const {data} = this, i = this.bucket(x), stack = data.stacks[i], total = sum(stack);
		this.tell(data.origin + i * data.width, el('span', `${number(total)} ${total === 1 ? 'line' : 'lines'}`),
			...upwards.slice(0, 5).filter((c) => stack[c]).map((c) => el('span', el(`i.${classes[c]}`), `${classes[c]} ${number(stack[c])}`)));
		this.tip.style.left = `${Math.min(this.width - this.tip.offsetWidth - 4, Math.max(0, x + 12))}px`;
	}

	up(event) {
		if (this.start === undefined || !this.data) return;
		let [x, a, b] = this.at(event);
		this.start = undefined;
		this.brush.hidden = true;
		const {origin, width} = this.data;
		if (b - a < 3) a = b = x;  // a click is its bucket
		change({since: rfc3339(origin + this.bucket(a) * width), until: rfc3339(origin + (this.bucket(b) + 1) * width)});
	}
}
