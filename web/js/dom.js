// Elements are made here and nowhere else: text goes in as text nodes, never as markup.

// el('button.quiet', {title: 'Help', onclick: f}, 'text', node, null); the attributes may be missing.
export function el(spec, ...children) {
	const [tag, ...classes] = spec.split('.');
	const node = document.createElement(tag || 'div');
	if (classes.length) node.className = classes.join(' ');
	const attributes = children[0]?.constructor === Object ? children.shift() : {};
	for (const name in attributes) {
		const value = attributes[name];
		if (value === undefined || value === null) continue;
		if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
		else if (name.includes('-') || name === 'role') node.setAttribute(name, value);
		else node[name] = value;
	}
	node.append(...children.filter(Boolean));
	return node;
}

export const byId = (id) => document.getElementById(id);

// A label of one character is no name: the title is.
export function button(label, action, attributes = {}) {
	if (label.length < 2) attributes['aria-label'] ??= attributes.title;
	return el('button', {type: 'button', onclick: action, ...attributes}, label);
}

export const input = (attributes) => el('input', {spellcheck: false, autocomplete: 'off', 'aria-label': attributes.placeholder, ...attributes});

export const number = (n) => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');

export function bytes(n) {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let u = 0;
	while (n >= 999.5 && u < units.length - 1) { n /= 1000; ++u; }
	return `${n >= 99.5 || u === 0 ? Math.round(n) : n.toPrecision(2)} ${units[u]}`;
}

export function duration(ms) {
	const s = ms / 1000;
	if (s < 1) return `${Math.round(ms)} ms`;
	if (s < 90) return `${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
	if (s < 5400) return `${Math.round(s / 60)} min`;
	if (s < 172800) return `${Math.round(s / 3600)} h`;
	return `${Math.round(s / 86400)} d`;
}

// Follows the pointer until it is let go, `move` and `end` get how far it went to the right.
export function drag(event, move, end) {
	const node = event.currentTarget, start = event.clientX;
	node.setPointerCapture(event.pointerId);
	node.onpointermove = ({clientX}) => move(clientX - start);
	node.onpointerup = ({clientX}) => {
		node.onpointermove = node.onpointerup = null;
		end(clientX - start, clientX);
	};
}

export function perFrame(work) {
	let asked = 0;
	return () => { asked ||= requestAnimationFrame(() => { asked = 0; work(); }); };
}

export function later(work, ms) {
	let timer = 0;
	return (...args) => { clearTimeout(timer); timer = setTimeout(() => work(...args), ms); };
}

export async function copy(text) {
	if (navigator.clipboard) return navigator.clipboard.writeText(text);
	const area = el('textarea', {value: text});  // plain http on a host name: there is no clipboard object
	document.body.append(area);
	area.select();
	document.execCommand('copy');
	area.remove();
}
