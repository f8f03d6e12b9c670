// How many lines there were when, by level, over the whole result. Dragging zooms in.
import {el, number} from './dom.js';
import {classes, levelClass} from './level.js';

const space = 16;  // px under the bars, for the times

// Widths of buckets and distances of labels that people can read, in ms.
export const roundWidths = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000,
	900000, 1800000, 3600000, 7200000, 10800000, 21600000, 43200000, 86400000, 172800000, 604800000, 2592000000];

export const label = (zone, ms, step) => (step >= 86400000 || zone.minute(ms) === '00:00' && step >= 3600000 ? zone.date(ms).slice(5)
	: step >= 60000 ? zone.minute(ms) : step >= 1000 ? zone.second(ms) : zone.time(ms));

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
		const {canvas, place, data} = this, ratio = devicePixelRatio || 1;
		const width = this.width = place.clientWidth, height = place.clientHeight;
		if (!width) return;
		if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
			canvas.width = Math.round(width * ratio);
			canvas.height = Math.round(height * ratio);
		}
		const pen = canvas.getContext('2d');
		pen.setTransform(ratio, 0, 0, ratio, 0, 0);
		pen.clearRect(0, 0, width, height);
		if (!data) return;
		const css = getComputedStyle(document.documentElement);
		const colour = [...classes, 'unknown'].map((name) => css.getPropertyValue(`--${name}`));
		const base = height - space, most = Math.max(1, ...data.stacks.map((stack) => stack.reduce((a, b) => a + b)));
		const step = width / data.stacks.length, bar = Math.max(1, step - (step > 4 ? 1 : 0));
		data.stacks.forEach((stack, i) => {
			let y = base;
			for (const c of [4, 3, 2, 1, 0, 5]) {  // the worst at the bottom, where small counts can be compared
				if (!stack[c]) continue;
				const h = Math.max(c >= 3 && c <= 4 ? 1.5 : 0.5, (stack[c] / most) * (base - 4));
				pen.fillStyle = colour[c];
				pen.fillRect(i * step, y - h, bar, h);
				y -= h;
			}
		});
		this.axis(pen, css, width, base);
		if (this.window) this.mark(...this.window);
	}

	axis(pen, css, width, base) {
		const {data, page: {zone}} = this, span = data.width * data.stacks.length;
		const step = roundWidths.find((w) => (w / span) * width >= 76) ?? roundWidths.at(-1);
		pen.fillStyle = css.getPropertyValue('--line');
		pen.fillRect(0, base, width, 1);
		pen.font = `10.5px ${css.getPropertyValue('--mono')}`;
		const offset = zone.offset(data.origin);
		for (let ms = Math.ceil((data.origin + offset) / step) * step - offset; ms < data.origin + span; ms += step) {
			const x = Math.round(this.x(ms)), text = label(zone, ms, step);
			pen.fillStyle = css.getPropertyValue('--line');
			pen.fillRect(x, base, 1, 4);
			pen.fillStyle = css.getPropertyValue('--faint');
			const wide = pen.measureText(text).width;
			if (x + wide + 6 < width) pen.fillText(text, x + 4, base + 13);
		}
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
