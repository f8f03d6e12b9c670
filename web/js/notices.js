// What must be said about the list: nothing found, not everything searched, an error, a lost connection.
import {el, button, number} from './dom.js';
import {ask, get} from './api.js';
import {conditions, remove} from './query.js';
import {state, change} from './state.js';
import {zone, searchParameters} from './search.js';

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
		const tell = (text) => this.set('error', el('div', {role: 'alert'}, text, button('try again', retry)));
		if (error.status !== 0 && error.status !== 503) return tell(error.message);
		this.delay = Date.now() - this.lastFailure < 60000 ? Math.min(15, this.delay * 2) : 1;
		this.lastFailure = Date.now();
		tell(`${error.message} Trying again in ${this.delay} s.`);
		this.timer = setTimeout(retry, this.delay * 1000);
	}

	async nothing() {
		const detail = el('p', 'counting …'), typed = conditions(state.q);
		const offer = (label, changes) => button(label, () => change(changes));
		this.set('empty', el('div', {role: 'status'}, el('h2', 'Nothing found'), detail, el('p.offers',
			...typed.map((condition, i) => offer(typed.length > 1 ? `without ${condition}` : 'without the query', {q: remove(state.q, i)})),
			(state.since || state.until) && offer('search all time', {since: '', until: ''}),
			state.case === 'exact' && offer('ignore case', {case: 'ignore'}))));
		const answer = await this.page.attempt(() => ask('count', searchParameters()));
		if (answer) detail.textContent = `0 of ${number(answer.events)} lines, ${answer.complete ? 'complete' : `incomplete: ${answer.incomplete.join('; ')}`}`;
	}

	connected(yes) {
		this.set('lost', yes ? null : el('div', {role: 'alert'}, 'The connection is lost; following goes on when the server is back.'));
	}

	down(gap) {
		this.set('down', gap ? el('div', {role: 'status'}, `Nothing is collected: alco-consume was last at work ${zone.full(gap.from).slice(0, 19)}.`) : null);
	}

	waiting(count) {
		this.set('waiting', count ? el('div', button(`${number(count)} new ${count === 1 ? 'line' : 'lines'} ↓`, () => this.page.list.scrollToBottom())) : null);
	}
}
