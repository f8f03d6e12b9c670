// The search that the address asks for, as parameters of a request; the zone in which its times are read.
import {randomText} from './api.js';
import {state} from './state.js';
import {conditions} from './query.js';
import {Zone, resolve, rfc3339} from './zone.js';

export const firstPage = 120;  // lines asked for when another search begins

export const zone = {now: new Zone('local')};  // replaced when the reader chooses another

const inRequest = (text) => {
	if (/^\d{4}-\d\d-\d\dT.*Z$/.test(text)) return text;  // as exact as it is
	const ms = resolve(text, zone.now);
	return ms === null ? text : rfc3339(ms);
};

// What all requests of this search have in common. `marked`: the query marks lines, and all are found.
export function searchParameters({marked = false, since = state.since, until = state.until, query = state.q} = {}) {
	return [[marked ? 'mark' : 'q', query], ['since', inRequest(since)], ['until', inRequest(until)], ['case', state.case]];
}

export const showsAll = () => state.context === '1' || conditions(state.q).length === 0;

export const ticket = {now: randomText()};  // of the search that runs, to ask how far it is

// Of a page of lines: hits with what is around them, or all with hits marked.
export const linesParameters = (order, limit, bounds) => [...searchParameters({marked: state.context === '1', ...bounds}),
	...(state.context === '1' ? [] : ['A', 'B', 'C', 'same', 'within'].map((name) => [name, state[name]])), ['order', order], ['limit', limit], ['ticket', ticket.now]];
