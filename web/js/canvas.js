// What the histogram and the scroll bar share: a canvas that fits its place, a tip at the pointer, colours, round times.
import {el} from './dom.js';
import {zone} from './search.js';

export class Chart {
	constructor(place, survey, ...parts) {
		Object.assign(this, {place, survey, canvas: el('canvas', {'aria-hidden': 'true'}), tip: el('div.tip', {hidden: true})});
		place.replaceChildren(this.canvas, ...parts, this.tip);
		for (const kind of ['down', 'move', 'up', 'leave']) place.addEventListener(`pointer${kind}`, (event) => this[kind](event));
		new ResizeObserver(() => this.draw()).observe(place);
	}

	// A pen for the whole place; null while there is no room.
	pen() {
		const {canvas, place} = this, ratio = devicePixelRatio || 1, pen = canvas.getContext('2d');
		this.width = place.clientWidth;
		this.height = place.clientHeight;
		if (!this.width || !this.height) return null;
		canvas.width = Math.round(this.width * ratio);
		canvas.height = Math.round(this.height * ratio);
		pen.scale(ratio, ratio);
		pen.font = `10.5px ${getComputedStyle(document.body).fontFamily}`;
		return pen;
	}

	colours(...names) {
		const probe = document.body.appendChild(el('i'));
		const found = names.map((name) => {
			probe.style.color = `var(--${name})`;
			return getComputedStyle(probe).color;
		});
		probe.remove();
		return found;
	}

	tell(ms, ...lines) {
		this.tip.replaceChildren(el('b', `${zone.now.date(ms)} ${zone.now.second(ms)}`), ...lines);
		this.tip.hidden = false;
	}

	leave() { this.tip.hidden = true; }
}

export const sum = (stack) => stack.reduce((a, b) => a + b, 0);

const roundWidths = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000,
	900000, 1800000, 3600000, 7200000, 10800000, 21600000, 43200000, 86400000, 172800000, 604800000, 2592000000];

const label = (ms, step) => (step >= 86400000 || zone.now.minute(ms) === '00:00' && step >= 3600000 ? zone.now.date(ms).slice(5)
	: step >= 60000 ? zone.now.minute(ms) : step >= 1000 ? zone.now.second(ms) : zone.now.time(ms));

// Round times from one to another, at least `gap` px apart on `length` px: [ms, text, distance].
export function ticks(from, to, length, gap) {
	const step = roundWidths.find((width) => (width / Math.max(1, to - from)) * length >= gap) ?? roundWidths.at(-1);
	const offset = zone.now.offset(from), list = [];
	for (let ms = Math.ceil((from + offset) / step) * step - offset; ms < to; ms += step) list.push([ms, label(ms, step), step]);
	return list;
}
