// What the histogram and the scroll bar share.
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
		this.tip.replaceChildren(el('b', `${zone.date(ms)} ${zone.second(ms)}`), ...lines);
		this.tip.hidden = false;
	}

	leave() { this.tip.hidden = true; }
}

export const sum = (stack) => stack.reduce((a, b) => a + b, 0);

const roundSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000];
const roundWidths = [1, 2, 5, 10, 20, 50, 100, 200, 500, ...roundSeconds.map((s) => 1000 * s)];

const label = (ms, step) => (step >= 86400000 || zone.minute(ms) === '00:00' && step >= 3600000 ? zone.date(ms).slice(5)
	: step >= 60000 ? zone.minute(ms) : step >= 1000 ? zone.second(ms) : zone.time(ms));

// Round times from one to another, at least `gap` px apart on `length` px: [ms, text, distance].
export function ticks(from, to, length, gap) {
	const step = roundWidths.find((width) => (width / Math.max(1, to - from)) * length >= gap) ?? roundWidths.at(-1);
	const offset = zone.offset(from), list = [];
	for (let ms = Math.ceil((from + offset) / step) * step - offset; ms < to; ms += step) list.push([ms, label(ms, step), step]);
	return list;
}
