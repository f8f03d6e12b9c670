// What is done with a search: links, the command that prints the same, export, how the page looks.
import {el, button, input} from './dom.js';
import {popover, closePopover} from './popover.js';
import {index} from './api.js';
import {state, change} from './state.js';
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
	const copied = (text, what) => page.lineActions.copied(text, what);
	const download = (format, label) => exportLink(format, label, page, closePopover);
	const looks = ['system', 'light', 'dark'].map((name) => button(name, () => { applyTheme(name); closePopover(); }, {'aria-pressed': String(theme() === name)}));
	popover(anchor, 'Menu', el('div.menu',
		item('copy link to this search', () => copied(location.href, 'link')),
		item('copy as command', () => copied(command(page), 'command')),
		el('h3', 'export all that was found'),
		el('div.row3', download('text', 'text'), download('json', 'NDJSON'), download('csv', 'CSV')),
		el('h3', 'context of every hit'),
		contextForm(),
		el('h3', 'appearance'), el('div.row3', ...looks),
		item('keys and help', () => page.keys.help(), 'h')));
}

function contextForm() {
	const field = (name, label, placeholder) => el('label', label, input({name, value: name in {A: 1, B: 1} && state.C || state[name], placeholder, 'aria-label': label}));
	const form = el('form.context', {onsubmit: (event) => {
		event.preventDefault();
		closePopover();
		change({...Object.fromEntries(new FormData(form)), C: ''});
	}}, field('B', 'lines before', '0'), field('A', 'after', '0'), field('within', 'or within', '2s'), field('same', 'same', 'host,process'),
	el('button', {type: 'submit'}, 'show'));
	return form;
}
