// Exports: the browser saves the file, the page shows how far it is and can end it.
import {el, button, number, bytes} from './dom.js';
import {get, send, address, indexPath, randomText} from './api.js';
import {state} from './state.js';
import {searchParameters} from './search.js';
import {localName} from './zone.js';

// A link that begins one when it is followed.
export function exportLink(format, label, page, done) {
	const ticket = randomText();
	const {href} = address(indexPath('export'), [...searchParameters(), ['order', state.order], ['format', format], ['cols', page.columns.join(',')], ['ticket', ticket],
		['tz', state.tz === 'local' ? localName() : state.tz]]);
	return el('a.item', {href, download: '', onclick: () => { done(); follow(ticket, label, page); }}, label);
}

async function follow(ticket, label, page) {
	const path = `api/progress/${ticket}/`, text = el('span', `export of ${label} begins …`), bar = el('progress', {'aria-label': `export of ${label}`});
	const cancel = button('cancel', () => { cancelled = true; send('DELETE', path).catch(() => {}); });
	const show = (...parts) => page.notices.set(ticket, parts.length && el('div.export', {role: 'status'}, ...parts));
	let cancelled = false, known = false, misses = 0;
	show(text, bar, cancel);
	const end = (said) => {
		show(said, button('×', () => show(), {title: 'close'}));
		setTimeout(show, 15000);
	};
	for (;;) {
		await new Promise((next) => setTimeout(next, 300));
		try {
			const {state: now, share, events, bytes: size} = await get(path);
			known = true;
			const sum = `${number(events)} lines, ${bytes(size)}`;
			if (now === 'done') return end(`exported: ${sum}`);
			if (now === 'failed') return end(cancelled ? `export cancelled after ${sum}` : `the export broke off after ${sum}: what was saved is not whole`);
			text.textContent = `export: ${sum}`;
			bar.value = share;
		} catch (error) {
			if (++misses > (known ? 5 : 30)) return end(`export: ${error.message}`);
		}
	}
}
