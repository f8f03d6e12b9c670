// The time that is searched: presets, exact entry, window steps, relative times made fixed, and the zone.
import {el, button, duration} from './dom.js';
import {popover, closePopover} from './popover.js';
import {state, change} from './state.js';
import {zone} from './search.js';
import {resolve, isRelative, rfc3339, localName} from './zone.js';

const presets = [['5m', '5 minutes'], ['15m', '15 minutes'], ['1h', '1 hour'], ['6h', '6 hours'], ['1d', '1 day'], ['3d', '3 days'], ['7d', '7 days'], ['30d', '30 days']];

const show = (text) => {
	if (isRelative(text) || !text) return text;
	const ms = resolve(text, zone.now);
	if (ms === null) return text;
	const time = zone.now.time(ms);
	return `${zone.now.date(ms)} ${time.endsWith(':00.000') ? time.slice(0, 5) : time.endsWith('.000') ? time.slice(0, 8) : time}`;
};

export function rangeName() {
	const {since, until} = state;
	if (!since && !until) return 'all time';
	const preset = !until && presets.find(([text]) => text === since);
	if (preset) return `last ${preset[1]}`;
	if (since && until) {
		const [a, b] = [show(since), show(until)];
		return a.slice(0, 11) === b.slice(0, 11) && a.length > 11 ? `${a} – ${b.slice(11)}` : `${a} – ${b}`;
	}
	return since ? (isRelative(since) ? `last ${since}` : `since ${show(since)}`) : `until ${show(until)}`;
}

// What a reader typed as a time becomes fixed (RFC 3339); what is relative stays so.
function entered(text) {
	const trimmed = text.trim();
	if (!trimmed || isRelative(trimmed)) return trimmed;
	const ms = zone.now.parse(trimmed);
	return ms === null ? null : rfc3339(ms);
}

export function chooseRange(anchor) {
	const set = (since, until = '') => { closePopover(); change({since, until}); };
	const field = (name, label) => el('label', label, el('input', {name, value: show(state[name]), spellcheck: false, autocomplete: 'off',
		placeholder: name === 'since' ? '2026-11-20 14:05, 2h' : 'now'}));
	const wrong = el('p.wrong', {role: 'alert'});
	const form = el('form', {onsubmit: (event) => {
		event.preventDefault();
		const since = entered(form.elements.since.value), until = entered(form.elements.until.value);
		if (since === null || until === null) { wrong.textContent = 'A time is 2026-11-20, 2026-11-20 14:05:30, 14:05, 15m, 2h, 3d or now.'; return; }
		set(since, until === 'now' ? '' : until);
	}}, field('since', 'since'), field('until', 'until'), el('button.strong', {type: 'submit'}, 'search this time'), wrong);
	const zones = el('select', {'aria-label': 'Time zone', onchange: () => { closePopover(); change({tz: zones.value}, {step: false}); }},
		el('option', {value: 'local'}, `local (${localName()})`), el('option', {value: 'UTC'}, 'UTC'),
		...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC').map((name) => el('option', {value: name}, name)));
	zones.value = state.tz;
	popover(anchor, 'Time range', el('div.range', null,
		el('div.presets', ...presets.map(([text, name]) => button(name, () => set(text), {'aria-pressed': String(state.since === text && !state.until)})),
			button('all time', () => set(''), {'aria-pressed': String(!state.since && !state.until)})),
		el('div.exact', form, el('label', 'times are shown in', zones),
			canFreeze() && button('freeze: make relative times fixed', () => { closePopover(); freeze(); }, {title: 'so that a link shows the same lines tomorrow'}))));
}

const canFreeze = () => isRelative(state.since) || isRelative(state.until) || !state.until;

function freeze() {
	const now = Date.now();
	const fixed = (text) => (text ? rfc3339(resolve(text, zone.now, now) ?? now) : '');
	change({since: fixed(state.since), until: state.until ? fixed(state.until) : rfc3339(now)}, {step: false});
}

// What is searched now, in ms; `whole` is what the histogram covers, when nothing is chosen. Null if nothing is known.
function current(whole) {
	const now = Date.now();
	const from = resolve(state.since, zone.now, now) ?? whole?.[0], to = resolve(state.until, zone.now, now) ?? (state.since ? now : whole?.[1]);
	return from === undefined || to === undefined ? null : [from, to];
}

// Moves the window by its width, back (-1) or forward (1); makes it twice as wide (0).
export function step(direction, whole) {
	const range = current(whole);
	if (!range) return '';
	const [from, to] = range, width = to - from;
	change(direction ? {since: rfc3339(from + direction * width), until: rfc3339(to + direction * width)}
		: {since: rfc3339(from - width / 2), until: rfc3339(to + width / 2)});
	return duration(width);
}
