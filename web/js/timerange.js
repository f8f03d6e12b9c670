// The time that is searched: presets, exact entry, window steps, relative times made fixed, and the zone.
import {el, button, input, duration} from './dom.js';
import {popover, closePopover} from './popover.js';
import {state, change, adjust} from './state.js';
import {zone, span, shownTime} from './search.js';
import {resolve, isRelative, rfc3339, localName} from './zone.js';

// What a reader typed as a time becomes fixed (RFC 3339); what is relative stays so.
function entered(text) {
	const trimmed = text.trim();
	if (!trimmed || isRelative(trimmed)) return trimmed;
	const ms = zone.parse(trimmed);
	return ms === null ? null : rfc3339(ms);
}

export function chooseRange(anchor) {
	const set = (since, until = '') => { closePopover(); change({since, until}); };
	const field = (name) => el('label', name, input({name, value: shownTime(state[name]), placeholder: name === 'since' ? '2026-11-20 14:05, 2h' : 'now', 'aria-label': name}));
	const wrong = el('p.wrong', {role: 'alert'});
	const form = el('form', {onsubmit: (event) => {
		event.preventDefault();
		const since = entered(form.elements.since.value), until = entered(form.elements.until.value);
		if (since === null || until === null) wrong.textContent = 'A time is 2026-11-20, 2026-11-20 14:05:30, 14:05, 15m, 2h, 3d or now.';
		else set(since, until === 'now' ? '' : until);
	}}, field('since'), field('until'), el('button.strong', {type: 'submit'}, 'search this time'), wrong);
	const zones = el('select', {'aria-label': 'Time zone', onchange: () => { closePopover(); adjust({tz: zones.value}); }},
		el('option', {value: 'local'}, `local (${localName()})`),
		...[...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])].map((value) => el('option', {value}, value)));
	zones.value = state.tz;
	const preset = (since) => button(span(since) || 'all time', () => set(since), {'aria-pressed': String(state.since === since && !state.until)});
	popover(anchor, 'Time range', el('div.range',
		el('div.presets', ...['5m', '15m', '1h', '6h', '1d', '3d', '7d', '30d', ''].map(preset)),
		el('div.exact', form, el('label', 'times are shown in', zones),
			(isRelative(state.since) || isRelative(state.until) || !state.until) &&
			button('freeze: make relative times fixed', () => { closePopover(); freeze(); }))));
}

function freeze() {
	const now = Date.now();
	const fixed = (text) => (text ? rfc3339(resolve(text, zone, now) ?? now) : '');
	adjust({since: fixed(state.since), until: fixed(state.until || 'now')});
}

// Moves the window by its width, back (-1) or forward (1); makes it twice as wide (0).
export function step(direction, page) {
	const range = page.survey.range();
	if (!range) return;
	const from = range[0], to = state.since && !state.until ? Date.now() : range[1], width = to - from;
	const by = direction ? [direction * width, direction * width] : [-width / 2, width / 2];
	change({since: rfc3339(from + by[0]), until: rfc3339(to + by[1])});
	page.say(direction ? `${direction < 0 ? 'back' : 'forward'} by ${duration(width)}` : duration(2 * width));
}
