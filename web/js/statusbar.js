// The last line of the screen, as in less: where one is, what is going on, and the prompt for / ? and &.
import {el, button, later} from './dom.js';

export class StatusBar {
	constructor(place, page) {
		this.page = page;
		this.prompt = el('span.prompt', ':');
		this.input = el('input', {hidden: true, spellcheck: false, autocomplete: 'off', 'aria-label': 'Prompt'});
		this.message = el('span.said', {role: 'status'});
		this.stop = button('cancel', () => page.cancel(), {hidden: true});
		this.where = el('span.where');
		this.toggles = [];
		place.append(el('span.left', this.prompt, this.input, this.message, this.stop), this.where, this.buttons = el('span.toggles'));
		this.input.addEventListener('keydown', (event) => this.key(event));
		this.input.addEventListener('blur', () => this.close());
		this.fade = later(() => { this.message.textContent = ''; }, 6000);
	}

	addToggles(list) {
		for (const [key, label, on] of list) {
			const node = el('button.toggle', {type: 'button', onclick: () => this.page.keys.byKey.get(key)(null)}, el('kbd', key), el('span'));
			this.toggles.push({node, label, on});
			this.buttons.append(node);
		}
		this.show();
	}

	show() {
		for (const {node, label, on} of this.toggles) {
			node.setAttribute('aria-pressed', String(on()));
			node.lastChild.textContent = typeof label === 'string' ? label : label();
		}
	}

	say(text) { this.message.textContent = text; this.fade(); }

	typed(count) { this.prompt.textContent = count ? `:${count}` : ':'; }

	// Asks for a line of text after `sign`; `done(text)` gets it unless Escape ends it.
	ask(sign, value, done) {
		this.prompt.textContent = sign;
		this.input.hidden = false;
		this.input.value = value;
		this.done = done;
		this.message.textContent = '';
		this.input.focus();
		this.input.select();
	}

	key(event) {
		if (event.key === 'Enter') { const {done, input: {value}} = this; this.close(); done?.(value); }
		else if (event.key === 'Escape' || (event.key === 'Backspace' && !this.input.value)) this.close();
		else return;
		event.preventDefault();
		event.stopPropagation();
	}

	close() {
		if (this.input.hidden) return;
		this.done = null;
		this.input.hidden = true;
		this.prompt.textContent = ':';
		this.page.list.scroller.focus({preventScroll: true});
	}

	// `seconds` since the search began, null when it is over; `share` of the time range searched, if known.
	busy(seconds, share) {
		this.stop.hidden = seconds === null;
		if (seconds !== null) this.message.textContent = `searching ${seconds} s${share ? `, ${Math.floor(share * 100)}% done` : ''}`;
		else if (this.message.textContent.startsWith('searching')) this.message.textContent = '';
	}

	position(parts) { this.where.replaceChildren(...parts); }
}
