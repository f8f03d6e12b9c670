// Takes query text apart into conditions, and puts those on fields in and out. Quotes, brackets and @field are all that
// the page knows of the language; the server decides.

export const quote = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`;
const unquote = (text) => (/^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(["\\])/g, '$1') : text);

// Words, quoted strings and groups at the top level. An unclosed quote or bracket is text.
export function split(text) {
	const parts = [];
	let i = 0;
	while (i < text.length) {
		if (/\s/.test(text[i])) { ++i; continue; }
		const end = wordEnd(text, i);
		parts.push(text.slice(i, end));
		i = end;
	}
	return parts;
}

function wordEnd(text, from) {
	let depth = 0;
	for (let i = from; i < text.length; ++i) {
		const c = text[i];
		if ((c === '"' || c === "'") && (i === from || /[\s:=(!-]/.test(text[i - 1]))) {
			const close = closing(text, i);
			if (close > 0) i = close;
		} else if (c === '(') ++depth;
		else if (c === ')') --depth;
		else if (/\s/.test(c) && (depth <= 0 || text.indexOf(')', i) < 0)) return i;
	}
	return text.length;
}

function closing(text, open) {
	for (let i = open + 1; i < text.length; ++i) {
		if (text[i] === '\\') ++i;
		else if (text[i] === text[open]) return i;
	}
	return -1;
}

// The conditions of `text`, joined by AND. A top-level OR makes the whole one condition.
export function conditions(text) {
	const words = split(text).filter((word) => word !== 'AND');
	if (words.includes('OR')) return [`(${text.trim()})`];
	const found = [];
	for (let i = 0; i < words.length; ++i) {
		if (words[i] === 'NOT' && i + 1 < words.length) found.push(`-${words[++i]}`);
		else found.push(words[i]);
	}
	return found;
}

// {field, values, negative} of a condition that names values of one field; null for every other kind.
export function fieldCondition(condition) {
	const match = /^([-!]?)@?([A-Za-z_][\w.@-]*?)(:|=)(?![<>=/*]|$)([^]*)$/.exec(condition);
	if (!match) return null;
	const [, sign, field, , rest] = match;
	const values = rest.startsWith('(') && rest.endsWith(')')
		? split(rest.slice(1, -1)).filter((word) => word !== 'OR').map(unquote) : [unquote(rest)];
	return {field, values, negative: sign !== ''};
}

export const write = (field, values) => (values.length === 1 ? `@${field}=${quote(values[0])}` : `@${field}:(${values.map(quote).join(' OR ')})`);

const join = (list) => list.join(' ');

export function chosen(text, field) {
	const result = {included: new Set(), excluded: new Set()};
	for (const condition of conditions(text)) {
		const found = fieldCondition(condition);
		if (found?.field !== field) continue;
		for (const value of found.values) (found.negative ? result.excluded : result.included).add(value);
	}
	return result;
}

export const without = (text, field) => join(conditions(text).filter((condition) => fieldCondition(condition)?.field !== field));

// The text with another choice of one field's values; `choose` changes the two sets.
function choosing(text, field, choose) {
	const {included, excluded} = chosen(text, field);
	choose(included, excluded);
	return join([without(text, field), included.size ? write(field, [...included]) : '', ...[...excluded].map((value) => `-${write(field, [value])}`)].filter(Boolean));
}

const toggle = (value) => (set, other) => { other.delete(value); if (!set.delete(value)) set.add(value); };

// Only this value; one more beside those there are; none of it. The same again takes it out.
export const include = (text, field, value) => choosing(text, field, (included, excluded) => {
	const again = included.size === 1 && included.has(value);
	excluded.delete(value);
	included.clear();
	if (!again) included.add(value);
});
export const add = (text, field, value) => choosing(text, field, toggle(value));
export const exclude = (text, field, value) => choosing(text, field, (included, excluded) => toggle(value)(excluded, included));

export function also(text, condition) {
	const list = conditions(text);
	return join(list.includes(condition) ? list : [...list, condition]);
}

export const remove = (text, position) => join(conditions(text).filter((_, i) => i !== position));

// What a mouse button or key with its modifiers does to a value: the same everywhere on the page.
export function byModifier(event) {
	if (event.altKey) return exclude;
	if (event.ctrlKey || event.metaKey) return add;
	return include;
}
