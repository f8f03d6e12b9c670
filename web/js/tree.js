// One event as a tree of its members: every value can be copied, filtered by, and shown as a column.
import {el, button} from './dom.js';

const isTree = (value) => value !== null && typeof value === 'object';
const maxShown = 200;  // members of one object or array

export const plain = (value) => (isTree(value) ? JSON.stringify(value) : String(value));

// `act(what, path, value, event)` with what = 'include', 'exclude', 'column', 'follow', 'copy'.
export function tree(members, act) {
	return el('dl.tree', ...branch(members, '', act, 0));
}

function branch(object, prefix, act, depth) {
	const names = Object.keys(object), inArray = Array.isArray(object), more = names.length - maxShown;
	if (!inArray) names.sort();
	return [...names.slice(0, maxShown).map((name) => member(name, object[name], prefix, act, depth, inArray)), more > 0 && el('div', `… ${more} more`)];
}

function member(name, value, prefix, act, depth, inArray) {
	const path = inArray ? prefix.replace(/\.$/, '') : prefix + name;
	const label = el('dt', {title: path}, name);
	if (isTree(value) && Object.keys(value).length && depth < 12) {
		const inner = el('dd.branch', ...branch(value, `${path}.`, act, depth + 1));
		return el('div.member.open', label, el('span.count', Array.isArray(value) ? `[${value.length}]` : ''), el('span.acts', copying(path, value, act)), inner);
	}
	const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
	const text = plain(value);
	const filterable = !isTree(value) && text.length <= 1000;
	return el('div.member', label,
		el(`dd.${kind}`, ...withLinks(text)),
		el('span.acts',
			filterable && act && button('+', (event) => act('include', path, text, event), {title: `only ${path} ${text}`}),
			filterable && act && button('−', (event) => act('exclude', path, text, event), {title: `without ${path} ${text}`}),
			act && !inArray && button('▥', (event) => act('column', path, text, event), {title: `show ${path} as a column`}),
			filterable && act && button('follow', (event) => act('follow', path, text, event), {title: `o and O go to the next line with the same ${path}`}),
			copying(path, value, act)));
}

const copying = (path, value, act) => button('copy', () => act('copy', path, plain(value)), {title: `copy ${path}`});

// Text with its web addresses as links; nothing but http and https becomes one. `cut`: the text goes on behind its end, and
// an address there is not whole.
export function withLinks(text, cut = false) {
	const parts = [];
	let end = 0;
	if (text.length < 20000 && text.includes('://'))
		for (const match of text.matchAll(/\bhttps?:\/\/[^\s"'<>\\^`{|}]+[^\s"'<>\\^`{|}.,;:!?)\]]/g)) {
			if (cut && match.index + match[0].length === text.length) continue;
			if (!URL.canParse(match[0])) continue;
			const {href} = new URL(match[0]);
			parts.push(text.slice(end, match.index), el('a', {href, rel: 'noopener noreferrer nofollow', target: '_blank', title: href}, match[0]));
			end = match.index + match[0].length;
		}
	parts.push(text.slice(end));
	return parts;
}
