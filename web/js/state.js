// What the page shows, as the address bar has it: whoever gets the link sees the same.
import {index} from './api.js';
import {write} from './query.js';

const defaults = {q: '', since: '', until: '', cols: '', order: 'asc', case: '', context: '', A: '', B: '', C: '', same: '',
	within: '', tz: 'local', wrap: '1', numbers: '', line: '', follow: ''};
const remembered = ['order', 'tz', 'wrap', 'numbers'];  // taken from the last visit when the link does not say
const old = {search: 'q', start_ts: 'since', end_ts: 'until', around: 'line'};
const ignored = new Set(['limit', 'page', 'cursor', 'format']);

export const state = {...defaults};
const listeners = [];

function read() {
	Object.assign(state, defaults);
	for (const name of remembered) state[name] = localStorage.getItem(`alco.${name}`) ?? defaults[name];
	const conditions = [];
	for (const [key, value] of new URLSearchParams(location.search)) {
		const name = old[key] ?? key;
		if (Object.hasOwn(defaults, name)) state[name] = value;
		else if (ignored.has(key)) continue;
		else if (key.endsWith('__in')) conditions.push(write(key.slice(0, -4), value.split(',')));
		else conditions.push(write(key, [value]));
	}
	if (conditions.length) state.q = [state.q, ...conditions].filter(Boolean).join(' ');
}

export function link(changes = {}) {
	const parameters = new URLSearchParams();
	const all = {...state, ...changes};
	for (const name in defaults)
		if (all[name] !== defaults[name]) parameters.set(name, all[name]);
	const text = parameters.toString();
	return location.pathname + (text ? `?${text}` : '');
}

// Each listener gets the set of names that changed.
function set(changes, write) {
	const changed = new Set(Object.keys(changes).filter((name) => changes[name] !== state[name]));
	if (!changed.size) return changed;
	Object.assign(state, changes);
	for (const name of remembered) if (changed.has(name)) localStorage.setItem(`alco.${name}`, state[name]);
	history[write](null, '', link());
	for (const listener of listeners) listener(changed);
	return changed;
}

export const change = (changes) => set(changes, 'pushState');     // a step that the browser's "back" takes back
export const adjust = (changes) => set(changes, 'replaceState');  // the same, shown another way

export function onChange(listener) { listeners.push(listener); }

export function start() {
	read();
	document.title = `${index} · ALCO`;
	addEventListener('popstate', () => {
		const before = {...state};
		read();
		const changed = new Set(Object.keys(defaults).filter((name) => before[name] !== state[name]));
		for (const listener of listeners) listener(changed);
	});
}
