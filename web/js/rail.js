// The scroll bar, which is time: as long as the whole result, however much of it is loaded.
import {el, number} from './dom.js';
import {Chart, sum, ticks} from './canvas.js';
import {zone} from './search.js';

export class Rail extends Chart {
	constructor(place, survey) {
		const thumb = el('div.thumb', {hidden: true});
		super(place, survey, thumb);
		this.thumb = thumb;
	}

	get newestFirst() { return this.survey.page.reader.newestFirst; }

	y(ms) {
		const [from, to] = this.survey.range();
		const share = to > from ? (ms - from) / (to - from) : 0;
		return (this.newestFirst ? 1 - share : share) * this.height;
	}

	ms(y) {
		const [from, to] = this.survey.range();
		const share = Math.min(1, Math.max(0, y / this.height));
		return from + (this.newestFirst ? 1 - share : share) * (to - from);
	}

	between(a, b) { return [this.y(a), this.y(b)].sort((p, q) => p - q); }

	mark(first, last) {
		this.window = [first, last];
		const range = this.survey.range();
		if (!range) return;
		const [a, b] = this.between(first, last), [from, to] = range;
		const height = Math.max(10, b - a), top = Math.max(0, Math.min(this.height - height, (a + b - height) / 2));
		this.thumb.hidden = false;
		this.thumb.style.transform = `translateY(${top}px)`;
		this.thumb.style.height = `${height}px`;
		this.place.setAttribute('aria-valuetext', zone.full(first));
		this.place.setAttribute('aria-valuenow', String(Math.round(((first - from) / Math.max(1, to - from)) * 100)));
	}

	draw() {
		const pen = this.pen(), {histogram: {data}} = this.survey, range = this.survey.range(), {width, height} = this;
		if (!pen || !range) return;
		const [plain, error, quiet] = this.colours('rail', 'error', 'quiet');
		if (data) {
			const sums = data.stacks.map(sum), most = Math.sqrt(Math.max(1, ...sums)), room = Math.min(16, width - 2);
			data.stacks.forEach((stack, i) => {
				if (!sums[i]) return;
				const [a, b] = this.between(data.origin + i * data.width, data.origin + (i + 1) * data.width);
				const wide = (Math.sqrt(sums[i]) / most) * room, bad = ((stack[3] + stack[4]) / sums[i]) * wide, high = Math.max(1, b - a - (b - a > 3 ? 1 : 0));
				pen.fillStyle = plain;
				pen.fillRect(width - wide, a, wide, high);
				pen.fillStyle = error;
				if (bad >= 1) pen.fillRect(width - bad, a, bad, high);
			});
		}
		pen.fillStyle = quiet;
		for (const [ms, text, step] of width > 30 ? ticks(...range, height, 56) : []) {
			const y = Math.round(this.y(ms));
			pen.fillRect(0, y, 4, 1);
			if (y > 8 && y < height - 8) pen.fillText(step >= 60000 || ms % 60000 === 0 ? text.slice(0, 5) : `:${text.slice(6, 8)}`, 7, y + 4);
		}
		if (this.window) this.mark(...this.window);
	}

	at(event) { return event.clientY - this.place.getBoundingClientRect().top; }

	down(event) {
		if (event.button || !this.survey.range()) return;
		this.dragging = true;
		this.place.setPointerCapture(event.pointerId);
		this.move(event);
		event.preventDefault();
	}

	move(event) {
		if (!this.survey.range()) return;
		const y = this.at(event), ms = this.ms(y), {data} = this.survey.histogram;
		const stack = data?.stacks[Math.floor((ms - data.origin) / data.width)];
		this.tell(ms, el('span', stack ? `${number(sum(stack))} lines` : ''));
		this.tip.style.top = `${Math.min(this.height - 44, Math.max(0, y - 20))}px`;
		if (this.dragging) this.thumb.style.transform = `translateY(${Math.min(this.height - 10, Math.max(0, y - 5))}px)`;
	}

	leave() { if (!this.dragging) super.leave(); }

	up(event) {
		if (!this.dragging) return;
		this.dragging = false;
		this.leave();
		this.survey.page.reader.open({time: this.ms(this.at(event))});
	}
}
