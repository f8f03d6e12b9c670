// The keyboard, as in less. One table makes the keys work and writes the help.
import {el, byId, button} from './dom.js';

export class Keys {
	constructor(table, page) {
		Object.assign(this, {table, page});
		this.byKey = new Map(Object.values(table).flat().flatMap(([keys, , action]) => keys.split(' ').map((key) => [key, action])));
		this.count = '';
		this.waiting = null;   // takes the next key: m and '
		addEventListener('keydown', (event) => this.down(event));
	}

	down(event) {
		if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
		const {target} = event, {status} = this.page;
		if (target.matches('input, textarea, select') || document.querySelector('dialog[open], .popover')) return;
		const name = event.key === ' ' ? (event.shiftKey ? 'Shift+Space' : 'Space') : event.key;
		if (target.matches('button, a, summary') && (name === 'Space' || name === 'Enter')) return;
		if (this.waiting) {
			const take = this.waiting;
			this.waiting = null;
			if (name.length === 1) { event.preventDefault(); take(name); }
			return status.typed('');
		}
		if (/^\d$/.test(name) && (this.count || name !== '0')) {
			this.count += name;
			event.preventDefault();
			return status.typed(this.count);
		}
		const action = this.byKey.get(name), count = this.count ? Number(this.count) : null;
		if (count !== null) status.typed(this.count = '');
		if (!action) return;
		event.preventDefault();
		action(count);
	}

	help() {
		const dialog = byId('help');
		const keys = (names) => names.split(' ').flatMap((key, i) => [i ? ' ' : '', el('kbd', key)]);
		dialog.replaceChildren(el('header', el('h2', 'Keys, as in less'), button('×', () => dialog.close(), {title: 'close'})),
			el('div', ...Object.entries(this.table).map(([section, rows]) => el('section', el('h3', section),
				el('dl', ...rows.flatMap(([names, text]) => [el('dt', ...keys(names)), el('dd', text)]))))),
			el('p', 'Click a value: only this. Ctrl-click: add. Alt-click: exclude. Click a line: its members. Click a time: link to the line; shift-click: to a range.'));
		dialog.showModal();
	}
}
