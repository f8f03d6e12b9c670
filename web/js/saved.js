// Shortcuts of the configuration, and searches that somebody has saved for everyone.
import {el, button, input} from './dom.js';
import {ask, get, send, base, index, indexPath} from './api.js';
import {popover} from './popover.js';
import {link} from './state.js';

// A shortcut with a value to fill in. The server turns grep/shortcut/NAME/VALUE/ into the search.
export function shortcut(name, {description, query}) {
	const wanted = query.includes('{value}'), label = description || name;
	const field = wanted && input({name: 'value', placeholder: label});
	const go = (event) => {
		event.preventDefault();
		const value = wanted && field.value.trim();
		if (value === '') return field.focus();
		location.href = new URL(`grep/shortcut/${encodeURIComponent(name)}/${value ? `${encodeURIComponent(value)}/` : ''}`, base);
	};
	return el('form', {onsubmit: go}, field, el('button', {type: 'submit', title: query}, wanted ? '→' : label));
}

// Only parameters come from who saved it: the link stays on the page.
export const saved = (name, search) => el('a', {href: new URL(`grep/${encodeURIComponent(name)}/?${search.link}`, base).href,
	title: search.by ? `saved by ${search.by}` : 'saved search'}, search.name);

export async function showShortcuts(anchor, page) {
	const box = popover(anchor, 'Shortcuts', 'loading …');
	if (!box) return;
	const show = async (answer) => {
		const {indices} = await get('api/collector/indices/');
		const shortcuts = Object.entries(indices.find(({name}) => name === index)?.shortcuts ?? {});
		const change = (...request) => page.attempt(async () => show(await send(...request)));
		const item = (search) => el('div.item', saved(index, search), answer.may_save &&
			button('×', () => change('DELETE', indexPath('saved', search.name)), {title: `delete ${search.name}`}));
		const field = input({placeholder: 'Name of the search', required: true});
		const save = (event) => {
			event.preventDefault();
			const [, parameters = ''] = link({q: page.answer?.query?.canonical ?? '', line: '', follow: ''}).split('?');
			change('POST', indexPath('saved'), {name: field.value.trim(), link: parameters});
		};
		box.replaceChildren(shortcuts.length ? el('h3', 'shortcuts') : '', ...shortcuts.map(([name, what]) => shortcut(name, what)),
			answer.searches.length ? el('h3', 'saved searches') : '', ...answer.searches.map(item),
			answer.may_save ? el('form', {onsubmit: save}, el('h3', 'save this search for everyone'), field, el('button', {type: 'submit'}, 'save')) : '');
	};
	await page.attempt(async () => show(await ask('saved')));
	box.querySelector('input, a, button')?.focus();
}
