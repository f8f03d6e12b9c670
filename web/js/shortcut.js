// A shortcut of the configuration, with a value to fill in. The server turns grep/shortcut/NAME/VALUE/ into the search.
import {el} from './dom.js';
import {base} from './api.js';

export function shortcut(name, {description, query}) {
	const wanted = query.includes('{value}');
	const input = wanted && el('input', {name: 'value', placeholder: description || name, 'aria-label': `${description || name}: value`, autocomplete: 'off', spellcheck: false});
	const go = (event) => {
		event.preventDefault();
		const value = wanted ? input.value.trim() : '';
		if (wanted && !value) return input.focus();
		location.href = new URL(`grep/shortcut/${encodeURIComponent(name)}/${wanted ? `${encodeURIComponent(value)}/` : ''}`, base);
	};
	return el('form', {onsubmit: go}, input, el('button', {type: 'submit', title: query}, wanted ? '→' : description || name));
}
