// The scroll bar, which is time: as long as the whole result, however much of it is loaded.
import {el, number} from './dom.js';
import {colours, fit, ticks} from './canvas.js';

export class Rail {
	constructor(place, page) {
		Object.assign(this, {place, page});
		this.canvas = el('canvas', {'aria-hidden': 'true'});
		this.thumb = el('div.thumb');
		this.tip = el('div.tip', {hidden: true});
		place.replaceChildren(this.canvas, this.thumb, this.tip);
		place.addEventListener('pointerdown', (event) => this.down(event));
		place.addEventListener('pointermove', (event) => this.move(event));
		place.addEventListener('pointerup', (event) => this.up(event));
		place.addEventListener('pointerleave', () => { if (!this.dragging) this.tip.hidden = true; });
		new ResizeObserver(() => this.draw()).observe(place);
	}

	y(ms) {
		const [from, to] = this.page.range();
		const share = to > from ? (ms - from) / (to - from) : 0;
		return (this.page.reader.newestFirst ? 1 - share : share) * this.height;
	}

	ms(y) {
		const [from, to] = this.page.range();
		const share = Math.min(1, Math.max(0, y / this.height));
		return from + (this.page.reader.newestFirst ? 1 - share : share) * (to - from);
	}

	mark(first, last) {
		this.window = [first, last];
		if (!this.page.range()) return;
		const [a, b] = [this.y(first), this.y(last)].sort((p, q) => p - q);
		const height = Math.max(10, b - a), top = Math.max(0, Math.min(this.height - height, (a + b - height) / 2));
		this.thumb.style.transform = `translateY(${top}px)`;
		this.thumb.style.height = `${height}px`;
		this.place.setAttribute('aria-valuetext', this.page.zone.full(first));
		const [from, to] = this.page.range();
		this.place.setAttribute('aria-valuenow', String(Math.round(((first - from) / Math.max(1, to - from)) * 100)));
	}

	draw() {
		const {canvas, place, page: {histogram: {data}, zone}} = this, width = place.clientWidth, height = this.height = place.clientHeight;
		if (!width || !height) return;
		const pen = fit(canvas, width, height);
		if (!this.page.range()) return;
		const [plain, error, faint] = colours('rail', 'error', 'faint');
		if (data) {
			const sums = data.stacks.map((stack) => stack.reduce((a, b) => a + b)), most = Math.sqrt(Math.max(1, ...sums)), room = Math.min(16, width - 2);
			data.stacks.forEach((stack, i) => {
				if (!sums[i]) return;
				const [a, b] = [this.y(data.origin + i * data.width), this.y(data.origin + (i + 1) * data.width)].sort((p, q) => p - q);
				const wide = (Math.sqrt(sums[i]) / most) * room, bad = ((stack[3] + stack[4]) / sums[i]) * wide, high = Math.max(1, b - a - (b - a > 3 ? 1 : 0));
				pen.fillStyle = plain;
				pen.fillRect(width - wide, a, wide, high);
				pen.fillStyle = error;
				if (bad >= 1) pen.fillRect(width - bad, a, bad, high);
			});
		}
		pen.fillStyle = faint;
		for (const [ms, text, step] of width > 30 ? ticks(zone, ...this.page.range(), height, 56) : []) {
			const y = Math.round(this.y(ms));
			pen.fillRect(0, y, 4, 1);
			if (y > 8 && y < height - 8) pen.fillText(step >= 60000 || ms % 60000 === 0 ? text.slice(0, 5) : `:${text.slice(6, 8)}`, 7, y + 4);
		}
		if (this.window) this.mark(...this.window);
	}

	at(event) { return event.clientY - this.place.getBoundingClientRect().top; }

	down(event) {
		if (event.button || !this.page.range()) return;
		this.dragging = true;
		this.place.setPointerCapture(event.pointerId);
		this.move(event);
		event.preventDefault();
	}

	move(event) {
		if (!this.page.range()) return;
		const y = this.at(event), ms = this.ms(y), zone = this.page.zone;
		const {data} = this.page.histogram;
		const stack = data?.stacks[Math.floor((ms - data.origin) / data.width)];
		this.tip.replaceChildren(el('b', `${zone.date(ms)} ${zone.second(ms)}`),
			el('span', stack ? `${number(stack.reduce((a, b) => a + b))} lines` : ''));
		this.tip.hidden = false;
		this.tip.style.top = `${Math.min(this.height - 44, Math.max(0, y - 20))}px`;
		if (this.dragging) this.thumb.style.transform = `translateY(${Math.min(this.height - 10, Math.max(0, y - 5))}px)`;
	}

	up(event) {
		if (!this.dragging) return;
		this.dragging = false;
		this.tip.hidden = true;
		this.page.reader.open({time: this.ms(this.at(event))});
	}
}
