// What must be said about the list: nothing found, not everything searched, an error, a lost connection.
import {el, button, number} from './dom.js';
import {get, indexPath} from './api.js';
import {conditions, remove} from './query.js';
import {state, change} from './state.js';
import {searchParameters} from './search.js';

export class Notices {
	constructor(place, page) {
		this.place = place;
		this.page = page;
		this.kinds = new Map();
		this.failures = new Set();  // what is to be tried again
	}

	set(kind, node) {
		this.kinds.get(kind)?.remove();
		this.kinds.delete(kind);
		if (!node) return;
		node.classList.add('notice', kind);
		this.kinds.set(kind, node);
		this.place.append(node);
	}

	clear() {
		this.recovered();
		for (const kind of ['empty', 'incomplete']) this.set(kind, null);
	}

	recovered() {
		clearTimeout(this.timer);
		this.failures.clear();
		this.set('error', null);
	}

	incomplete(reasons, goOn) {
		this.set('incomplete', el('div', {role: 'status'}, el('b', 'This answer is incomplete. '), reasons.join('; '), goOn && button('search on', goOn)));
	}

	// An unreachable server is tried again by itself, at growing distances.
	failed(error, again) {
		clearTimeout(this.timer);
		this.failures.add(again);
		const retry = () => {
			const all = [...this.failures];
			this.recovered();
			for (const work of all) work();
		};
		const text = el('span', error.message);
		this.set('error', el('div', {role: 'alert'}, text, button('try again', retry)));
		if (error.status !== 0 && error.status !== 503) return;
		this.delay = Math.min(15, (this.delay ?? 0.5) * 2);
		if (Date.now() - (this.lastFailure ?? 0) > 60000) this.delay = 1;
		this.lastFailure = Date.now();
		text.textContent = `${error.message} Trying again in ${this.delay} s.`;
		this.timer = setTimeout(retry, this.delay * 1000);
	}

	async nothing() {
		const box = el('div', {role: 'status'}, el('h2', 'Nothing found'));
		this.set('empty', box);
		const detail = el('p', 'counting what was searched …');
		box.append(detail);
		try {
			const answer = await get(indexPath('count'), searchParameters());
			const complete = !answer.incomplete?.length;
			detail.textContent = `0 of ${number(answer.events)} lines, ${complete ? 'complete' : 'incomplete: ' + answer.incomplete.join('; ')}`;
		} catch (error) {
			detail.textContent = error.message;
		}
		const typed = conditions(state.q);
		const offers = typed.length > 1 ? typed.map((condition, i) => button(`without ${condition}`, () => change({q: remove(state.q, i)})))
			: typed.length ? [button('without the query', () => change({q: ''}))] : [];
		if (state.since || state.until) offers.push(button('search all time', () => change({since: '', until: ''})));
		if (state.case === 'exact') offers.push(button('ignore case', () => change({case: 'ignore'})));
		box.append(el('p.offers', ...offers));
	}

	connected(yes) {
		this.set('lost', yes ? null : el('div', {role: 'alert'}, 'The connection is lost; following goes on when the server is back.'));
	}

	down(gap) {
		this.set('down', gap ? el('div', {role: 'status'}, `Nothing is collected: alco-consume was last at work ${this.page.zone.full(gap.from).slice(0, 19)}.`) : null);
	}

	waiting(count) {
		this.set('waiting', count ? el('div', button(`${number(count)} new ${count === 1 ? 'line' : 'lines'} ↓`, () => this.page.list.scrollToBottom())) : null);
	}
}
