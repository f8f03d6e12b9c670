// The search that the address asks for: as parameters of a request and in words; the zone in which its times are read.
import {randomText} from './api.js';
import {state} from './state.js';
import {conditions} from './query.js';
import {Zone, resolve, isRelative, rfc3339} from './zone.js';

export let zone = new Zone('local');
export function setZone(name) { zone = new Zone(name); }

const inRequest = (text) => {
	if (/^\d{4}-\d\d-\d\dT.*Z$/.test(text)) return text;  // as exact as it is
	const ms = resolve(text, zone);
	return ms === null ? text : rfc3339(ms);
};

// What all requests of this search have in common. `marked`: the query marks lines, and all are found.
export function searchParameters({marked = false, since = state.since, until = state.until, query = state.q} = {}) {
	return [[marked ? 'mark' : 'q', query], ['since', inRequest(since)], ['until', inRequest(until)], ['case', state.case]];
}

export const showsAll = () => state.context === '1' || conditions(state.q).length === 0;

export const ticket = {now: randomText()};  // of the search that runs, to ask how far it is

// Of a page of lines: hits with what is around them, or all with hits marked; as many as the server thinks right.
export const linesParameters = (order, bounds) => [...searchParameters({marked: state.context === '1', ...bounds}),
	...(state.context === '1' ? [] : ['A', 'B', 'C', 'same', 'within'].map((name) => [name, state[name]])), ['order', order], ['ticket', ticket.now]];

// '15m' as '15 minutes'.
export const span = (text) => text.replace(/^(\d+)\s*([smhdw])$/, (_, n, unit) => `${n} ${{s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week'}[unit]}${n === '1' ? '' : 's'}`);

// A bound of the time range as a reader writes it: without the zeros at its end, in the zone that is shown.
export function shownTime(text) {
	const ms = isRelative(text) ? null : resolve(text, zone);
	if (ms === null) return text;
	const [minute, rest] = [zone.minute(ms), zone.time(ms).slice(5)];
	return `${zone.date(ms)} ${minute}${rest === ':00.000' ? '' : rest.replace('.000', '')}`;
}

export function rangeName() {
	const {since, until} = state, [a, b] = [since, until].map(shownTime);
	if (since && until) return a.slice(0, 11) === b.slice(0, 11) && a.length > 11 ? `${a} – ${b.slice(11)}` : `${a} – ${b}`;
	if (until) return `until ${b}`;
	if (!since) return 'all time';
	return isRelative(since) ? `last ${span(since)}` : `since ${a}`;
}
