// What the page shows, as the address bar has it: whoever gets the link sees the same.
import {index} from './api.js';

const defaults = {q: '', since: '', until: '', cols: '', order: 'asc', case: '', context: '', A: '', B: '', C: '', same: '',
	within: '', tz: 'local', wrap: '1', numbers: '', line: '', follow: ''};
const remembered = ['order', 'tz', 'wrap', 'numbers'];  // taken from the last visit when the link does not say
const old = {search: 'q', start_ts: 'since', end_ts: 'until', around: 'line'};
const ignored = new Set(['limit', 'page', 'cursor', 'format']);

export const state = {...defaults};
const listeners = [];

const quote = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`;

function read() {
	Object.assign(state, defaults);
	for (const name of remembered) state[name] = localStorage.getItem(`alco.${name}`) ?? defaults[name];
	const conditions = [];
	for (const [key, value] of new URLSearchParams(location.search)) {
		const name = old[key] ?? key;
		if (Object.hasOwn(defaults, name)) state[name] = value;
		else if (ignored.has(key)) continue;
		else if (key.endsWith('__in')) conditions.push(`@${key.slice(0, -4)}:(${value.split(',').map(quote).join(' OR ')})`);
		else conditions.push(`@${key}=${quote(value)}`);
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

// Each listener gets the set of names that changed. `step` makes a new entry in the browser's history.
export function change(changes, {step = true} = {}) {
	const changed = new Set(Object.keys(changes).filter((name) => changes[name] !== state[name]));
	if (!changed.size) return changed;
	Object.assign(state, changes);
	for (const name of remembered) if (changed.has(name)) localStorage.setItem(`alco.${name}`, state[name]);
	history[step ? 'pushState' : 'replaceState'](null, '', link());
	for (const listener of listeners) listener(changed);
	return changed;
}

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
