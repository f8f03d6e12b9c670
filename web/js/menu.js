// What is done with a search: links, the command that prints the same, export, how the page looks.
import {el, button, copy} from './dom.js';
import {popover, closePopover} from './popover.js';
import {index} from './api.js';
import {state, change, link} from './state.js';
import {theme, applyTheme} from './theme.js';
import {exportLink} from './exports.js';

const shell = (text) => (/^[\w.,:/@%+=-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`);

export function command({answer, columns}) {
	const words = ['alco-query', '-i', index];
	const option = (name, value) => { if (value) words.push(name, value); };
	option('--since', state.since);
	option('--until', state.until);
	if (state.tz === 'UTC') words.push('--utc'); else if (state.tz !== 'local') option('--tz', state.tz);
	if (state.order === 'desc') words.push('-r');
	if (state.case === 'ignore') words.push('--ignore-case');
	if (state.case === 'exact') words.push('--case-sensitive');
	for (const name of ['A', 'B', 'C']) option(`-${name}`, state[name]);
	option('--same', state.same);
	option('--within', state.within);
	option('--cols', columns.join(','));
	const query = answer?.query?.canonical || state.q;
	if (query) words.push(...(query.startsWith('-') ? ['--'] : []), query);
	return words.map(shell).join(' ');
}

export function showMenu(anchor, page) {
	const item = (label, action, key = '') => el('button.item', {type: 'button', onclick: () => { closePopover(); action(); }}, label, key && el('kbd', key));
	const copied = async (text, what) => { await copy(text); page.say(`${what} copied`); };
	const absolute = () => new URL(link(), location.href).href;
	const download = (format, label) => exportLink(format, label, page, closePopover);
	const looks = ['system', 'light', 'dark'].map((name) => button(name, () => { applyTheme(name); closePopover(); }, {'aria-pressed': String(theme() === name)}));
	popover(anchor, 'Menu', el('div.menu', null,
		item('copy link to this search', () => copied(absolute(), 'link')),
		item('copy as command', () => copied(command(page), 'command')),
		el('h3', 'export all that was found'),
		el('div.row3', download('text', 'text'), download('json', 'NDJSON'), download('csv', 'CSV')),
		el('h3', 'context of every hit'),
		contextForm(),
		el('h3', 'appearance'), el('div.row3', ...looks),
		item('keys and help', () => page.keys.help(), 'h')));
}

function contextForm() {
	const field = (name, label, hint) => el('label', label, el('input', {name, value: state[name], placeholder: hint, autocomplete: 'off'}));
	const form = el('form.context', {onsubmit: (event) => {
		event.preventDefault();
		closePopover();
		const value = (name) => form.elements[name].value.trim();
		change({B: value('B'), A: value('A'), C: '', same: value('same'), within: value('within')});
	}}, field('B', 'lines before', '0'), field('A', 'after', '0'), field('within', 'or within', '2s'), field('same', 'same', 'host,process'),
	el('button', {type: 'submit'}, 'show'));
	if (state.C) { form.elements.B.value = state.C; form.elements.A.value = state.C; }
	return form;
}
