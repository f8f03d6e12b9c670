// Every key of the page: keys, what the help says, what they do with the number typed before (or null).
import {byId} from './dom.js';
import {state, change, adjust} from './state.js';
import {also} from './query.js';
import {step} from './timerange.js';
import {command} from './menu.js';

const contexts = [0, 1, 2, 5, 10, 20, 50, 100];  // lines around every hit

export function keyTable(page) {
	const {list, reader, find, status, lineActions, numbers} = page;
	const height = () => page.metrics?.height ?? 19;
	const down = (px) => { if (list.atBottom) reader.lookForNewer(); list.scrollBy(px); };
	const screen = (screens) => () => down(screens * (list.height - height()));
	const lines = (direction) => (n) => down(direction * (n ?? 1) * height());
	const end = (which, other) => (n) => (n ? numbers.goTo(n) : reader.goToEnd(state.order === 'desc' ? other : which));
	const toggle = (name, on, off) => () => adjust({[name]: state[name] === on ? off : on});
	const next = (letter, work) => () => { page.keys.waiting = work; status.typed(letter); };
	const search = (sign, forward) => () => status.ask(sign, (text) => {
		if (!text) return find.again(forward);
		find.search(text, forward);
		list.restyle();
	});
	const move = (by) => () => {
		const here = page.here(), {lines: loaded} = list;
		const to = here && loaded.at(loaded.indexOf(here) + (page.current === here.id ? by : 0));
		if (!to) return;
		page.setCurrent(to);
		list.reveal(to);
	};
	const unfold = (what) => () => {
		const here = page.here(), name = what ?? [...page.contextFields].find((field) => here?.members[field]);
		if (!here || !name) return;
		page.setCurrent(here);
		lineActions.toggle(here, name);
	};
	const grow = (by) => {
		const here = page.here();
		if (here && page.current === here.id) return lineActions.grow(here, by * 5);
		const at = contexts.findIndex((size) => size >= Number(state.C || 0));
		const size = contexts[Math.max(0, Math.min(contexts.length - 1, at + by))];
		adjust({C: size ? String(size) : '', A: '', B: ''});
		page.say(`${size} lines around every hit`);
	};
	const minus = () => {  // alone, or the begin of an option
		const timer = setTimeout(() => { page.keys.waiting = null; grow(-1); }, 400);
		page.keys.waiting = (letter) => {
			clearTimeout(timer);
			const option = {S: 'S', N: '#', i: 'i'}[letter];
			if (option) return page.keys.byKey.get(option)();
			grow(-1);
			if (letter === '-') minus();
		};
	};
	const stop = () => {
		if (page.tail.active) return page.tail.toggle(false);
		if (document.body.classList.contains('loading')) return status.cancel();
		find.clear();
		page.setCurrent(null);
		if (state.line) adjust({line: ''});
		list.restyle();
	};
	return {
		moving: [
			['Space f PageDown', 'one screen down', screen(1)],
			['b PageUp Shift+Space', 'one screen up', screen(-1)],
			['d', 'half a screen down', screen(0.5)],
			['u', 'half a screen up', screen(-0.5)],
			['j ArrowDown', 'a line down (or N)', lines(1)],
			['k ArrowUp', 'a line up (or N)', lines(-1)],
			['g Home', 'first line; Ng: line N', end('oldest', 'newest')],
			['G End', 'last line', end('newest', 'oldest')],
			['p %', 'N percent into the result', (n) => numbers.percent(n ?? 0)],
			['[', 'one window of time back', () => step(-1, page)],
			[']', 'one window of time forward', () => step(1, page)],
			['m', 'm and a letter: set a mark', next('m', (letter) => find.mark(letter))],
			["'", "' and the letter: back to the mark", next("'", (letter) => find.goToMark(letter))],
		],
		searching: [
			['/', 'search forward in what is shown', search('/', true)],
			['?', 'search backward', search('?', false)],
			['n', 'next', () => find.again(true)],
			['N', 'previous', () => find.again(false)],
			['&', 'only lines that also match', () => status.ask('&', (text) => page.apply(text ? also(state.q, /(^|\s)OR(\s|$)/.test(text) ? `(${text})` : text) : ''))],
			['e', 'next error', () => find.error(true)],
			['E', 'previous error', () => find.error(false)],
			['o', 'next line of the same request, or of a field chosen by "follow"', () => find.same(true)],
			['O', 'previous line of the same', () => find.same(false)],
			['q', 'edit the query', () => { byId('q').focus(); byId('q').select(); }],
		],
		lines: [
			['J', 'choose the next line', move(1)],
			['K', 'choose the previous line', move(-1)],
			['Enter', 'unfold the line', unfold('tree')],
			['x', 'unfold its traceback', unfold()],
			['+ =', 'more context (of the line, or of every hit)', () => grow(1)],
			['-', 'less context; -S, -N, -i: wrapping, line numbers, case', minus],
			['l', 'link to the line', () => { const here = page.here(); if (here) lineActions.select(here, false); }],
			['y', 'copy the line, or the linked lines', () => lineActions.copyLines()],
		],
		view: [
			['F', 'follow new lines', () => page.tail.toggle()],
			['c', 'context: everything, hits marked', () => {
				if (page.unfiltered) page.say('context needs a query: everything is shown already');
				else change({context: state.context === '1' ? '' : '1'});
			}],
			['r', 'newest or oldest first', () => change({order: state.order === 'asc' ? 'desc' : 'asc'})],
			['S', 'wrap or cut long lines', toggle('wrap', '1', '0')],
			['#', 'line numbers', toggle('numbers', '1', '')],
			['i', 'case: smart, exact, ignored', () => byId('case').click()],
			['\\', 'show or hide the filters', () => page.filters.togglePanel()],
			['Y', 'copy as command', () => lineActions.copied(command(page), 'command')],
			['Escape', 'stop following, searching, marking', stop],
			['h H', 'this help', () => page.keys.help()],
		],
	};
}
