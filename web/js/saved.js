// Shortcuts of the configuration, and searches that somebody has saved for everyone.
import {el, button} from './dom.js';
import {get, send, base, index, indexPath} from './api.js';
import {popover} from './popover.js';
import {link} from './state.js';

// A shortcut with a value to fill in. The server turns grep/shortcut/NAME/VALUE/ into the search.
export function shortcut(name, {description, query}) {
	const wanted = query.includes('{value}'), label = description || name;
	const input = wanted && el('input', {name: 'value', placeholder: label, 'aria-label': `${label}: value`, autocomplete: 'off', spellcheck: false});
	const go = (event) => {
		event.preventDefault();
		const value = wanted ? input.value.trim() : '';
		if (wanted && !value) return input.focus();
		location.href = new URL(`grep/shortcut/${encodeURIComponent(name)}/${wanted ? `${encodeURIComponent(value)}/` : ''}`, base);
	};
	return el('form', {onsubmit: go}, input, el('button', {type: 'submit', title: query}, wanted ? '→' : label));
}

// Only parameters come from who saved it: the link stays on the page.
export const saved = (name, search) => el('a', {href: new URL(`grep/${encodeURIComponent(name)}/?${search.link}`, base).href,
	title: search.by ? `saved by ${search.by}` : 'saved search'}, search.name);

export async function showShortcuts(anchor, page) {
	const box = popover(anchor, 'Shortcuts', el('p.quiet', 'loading …'));
	if (!box) return;
	const show = async (answer) => {
		const {indices} = await get('api/collector/indices/');
		const shortcuts = Object.entries(indices.find(({name}) => name === index)?.shortcuts ?? {});
		const change = async (...request) => { try { await show(await send(...request)); } catch (error) { page.say(error.message); } };
		const item = (search) => el('div.item', saved(index, search), answer.may_save &&
			button('×', () => change('DELETE', indexPath('saved', search.name)), {title: `delete ${search.name}`}));
		const input = el('input', {name: 'name', placeholder: 'name', 'aria-label': 'Name of the search', autocomplete: 'off', required: true});
		const save = (event) => {
			event.preventDefault();
			const [, parameters = ''] = link({q: page.answer?.query?.canonical ?? '', line: '', follow: ''}).split('?');
			change('POST', indexPath('saved'), {name: input.value.trim(), link: parameters});
		};
		box.replaceChildren(shortcuts.length ? el('h3', 'shortcuts') : '', ...shortcuts.map(([name, what]) => shortcut(name, what)),
			answer.searches.length ? el('h3', 'saved searches') : '', ...answer.searches.map(item),
			answer.may_save ? el('form', {onsubmit: save}, el('h3', 'save this search for everyone'), input, el('button', {type: 'submit'}, 'save')) : '');
	};
	try { await show(await get(indexPath('saved'))); } catch (error) { page.say(error.message); }
	box.querySelector('input, a, button')?.focus();
}
