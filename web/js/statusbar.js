// The last line of the screen, as in less: where one is, what is going on, and the prompt for / ? and &.
import {el, button, input, later} from './dom.js';
import {ask, get} from './api.js';
import {state} from './state.js';
import {ticket} from './search.js';

export class StatusBar {
	constructor(place, page) {
		this.page = page;
		this.prompt = el('span.prompt', ':');
		this.input = input({hidden: true, 'aria-label': 'Prompt'});
		this.message = el('span.said', {role: 'status'});
		this.stop = button('cancel', () => this.cancel(), {hidden: true});
		this.where = el('span.where');
		this.input.addEventListener('keydown', (event) => this.key(event));
		this.input.addEventListener('blur', () => this.close());
		this.fade = later(() => { this.message.textContent = ''; }, 6000);
		const toggles = [['F', 'follow', () => page.tail.active], ['c', 'context', () => state.context === '1'], ['S', 'wrap', () => state.wrap === '1'],
			['r', '', () => false]];
		this.toggles = toggles.map(([key, label, on]) => [el('button.toggle', {type: 'button', onclick: () => page.keys.byKey.get(key)(null)}, el('kbd', key), el('span', label)), on]);
		place.append(el('span.left', this.prompt, this.input, this.message, this.stop), this.where, el('span.toggles', ...this.toggles.map(([node]) => node)));
		this.show();
	}

	show() {
		for (const [node, on] of this.toggles) node.setAttribute('aria-pressed', String(on()));
		this.toggles.at(-1)[0].lastChild.textContent = state.order === 'asc' ? 'oldest first' : 'newest first';
	}

	say(text) { this.message.textContent = text; this.fade(); }

	typed(count) { this.prompt.textContent = count ? `:${count}` : ':'; }

	// Asks for a line of text after `sign`; `done(text)` gets it unless Escape ends it.
	ask(sign, done) {
		this.prompt.textContent = sign;
		this.message.textContent = this.input.value = '';
		this.input.hidden = false;
		this.done = done;
		this.input.focus();
	}

	key(event) {
		const {value} = this.input;
		if (event.key === 'Enter') { this.close(); this.done(value); }
		else if (event.key === 'Escape' || (event.key === 'Backspace' && !value)) this.close();
		else return;
		event.preventDefault();
		event.stopPropagation();
	}

	close() {
		if (this.input.hidden) return;
		this.input.hidden = true;
		this.prompt.textContent = ':';
		this.page.list.scroller.focus({preventScroll: true});
	}

	// A search runs since `begin`; null: it is over. The server knows how far it is.
	searching(begin) {
		clearInterval(this.clock);
		this.clock = null;
		if (begin === null) {
			this.stop.hidden = true;
			if (this.message.textContent.startsWith('searching')) this.message.textContent = '';
			return;
		}
		const clock = this.clock = setInterval(async () => {
			const {share} = await get(`api/progress/${ticket.now}/`).catch(() => ({}));
			if (clock !== this.clock) return;
			this.stop.hidden = false;
			this.message.textContent = `searching ${((Date.now() - begin) / 1000).toFixed(1)} s${share ? `, ${Math.floor(share * 100)}% done` : ''}`;
		}, 500);
	}

	cancel() {
		const {page} = this;
		page.reader.cancel();
		page.survey.cancel();
		this.say('cancelled');
	}

	position(parts) { this.where.replaceChildren(...parts); }
}
