// What the histogram and the scroll bar share: a canvas that fits its place, colours, round times.
import {el} from './dom.js';

export function colours(...names) {
	const probe = document.body.appendChild(el('i'));
	const found = names.map((name) => {
		probe.style.color = `var(--${name})`;
		return getComputedStyle(probe).color;
	});
	probe.remove();
	return found;
}

export function fit(canvas, width, height) {
	const ratio = devicePixelRatio || 1, pen = canvas.getContext('2d');
	canvas.width = Math.round(width * ratio);
	canvas.height = Math.round(height * ratio);
	pen.scale(ratio, ratio);
	pen.font = `10.5px ${getComputedStyle(document.body).fontFamily}`;
	return pen;
}

const roundWidths = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000,
	900000, 1800000, 3600000, 7200000, 10800000, 21600000, 43200000, 86400000, 172800000, 604800000, 2592000000];

const label = (zone, ms, step) => (step >= 86400000 || zone.minute(ms) === '00:00' && step >= 3600000 ? zone.date(ms).slice(5)
	: step >= 60000 ? zone.minute(ms) : step >= 1000 ? zone.second(ms) : zone.time(ms));

// Round times from one to another, at least `gap` px apart on `length` px: [ms, text, distance].
export function ticks(zone, from, to, length, gap) {
	const step = roundWidths.find((width) => (width / Math.max(1, to - from)) * length >= gap) ?? roundWidths.at(-1);
	const offset = zone.offset(from), list = [];
	for (let ms = Math.ceil((from + offset) / step) * step - offset; ms < to; ms += step) list.push([ms, label(zone, ms, step), step]);
	return list;
}
