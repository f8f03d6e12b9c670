// The keyboard, as in less. One table makes the keys work and writes the help.
import {el, byId, button} from './dom.js';

// [section, keys, what it does, action(count)]; `count` is a number typed before, or null.
export class Keys {
	constructor(table, page) {
		Object.assign(this, {table, page});
		this.byKey = new Map();
		for (const [, keys, , action] of table) for (const key of keys.split(' ')) if (action) this.byKey.set(key, action);
		this.count = '';
		this.waiting = null;   // takes the next key: m and '
		addEventListener('keydown', (event) => this.down(event));
	}

	down(event) {
		if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
		const {target} = event;
		if (target.matches('input, textarea, select, [contenteditable]')) return;
		if (document.querySelector('dialog[open], .popover')) return;
		const name = event.key === ' ' ? (event.shiftKey ? 'Shift+Space' : 'Space') : event.key;
		if (target.matches('button, a, summary') && (name === 'Space' || name === 'Enter')) return;
		if (this.waiting) {
			const take = this.waiting;
			this.waiting = null;
			if (name.length === 1) { event.preventDefault(); take(name); }
			return this.page.status.typed('');
		}
		if (/^\d$/.test(name) && (this.count || name !== '0')) {
			this.count += name;
			event.preventDefault();
			return this.page.status.typed(this.count);
		}
		const action = this.byKey.get(name);
		const count = this.count ? Number(this.count) : null;
		if (this.count) { this.count = ''; this.page.status.typed(''); }
		if (!action) return;
		event.preventDefault();
		action(count, event);
	}

	help() {
		const sections = new Map();
		for (const [section, keys, text] of this.table) {
			if (!sections.has(section)) sections.set(section, []);
			if (text) sections.get(section).push([keys, text]);
		}
		const dialog = byId('help');
		dialog.replaceChildren(el('header', el('h2', 'Keys, as in less'), button('×', () => dialog.close(), {title: 'close'})),
			el('div.help', ...[...sections].map(([section, rows]) => el('section', el('h3', section),
			el('dl', ...rows.flatMap(([keys, text]) => [
				el('dt', ...keys.split(' ').slice(0, 4).flatMap((key, i) => [i ? ' ' : '', el('kbd', key)])), el('dd', text)]))))),
			el('p', 'Click a value: only this. Ctrl-click: add. Alt-click: exclude. Click a line: its members. Click a time: link to the line; shift-click: to a range.'));
		dialog.showModal();
	}
}
