// Every key of the page: section, keys, what the help says, what it does. An empty text is not in the help.
import {byId} from './dom.js';
import {state, change} from './state.js';
import {also} from './query.js';
import {step} from './timerange.js';
import {command} from './menu.js';

export function keyTable(page) {
	const {list, reader, find, status} = page;
	const line = () => page.metrics?.height ?? 19;
	const pageful = () => list.height - line();
	const down = (px) => { if (list.atBottom) reader.lookForNewer(); list.scrollBy(px); };
	const ask = (sign, value, done) => status.ask(sign, value, done);
	const move = (by) => {
		const here = page.here(), {lines} = list;
		if (!here) return;
		const i = page.current === here.id ? lines.indexOf(here) + by : lines.indexOf(here);
		if (i < 0 || i >= lines.length) return;
		page.setCurrent(lines.at(i));
		list.reveal(lines.at(i));
	};
	const grow = (by) => {
		const current = page.current && page.here()?.id === page.current ? page.here() : null;
		if (current) return page.lineActions.grow(current, by * 5);
		const sizes = [0, 1, 2, 5, 10, 20, 50, 100], at = sizes.findIndex((size) => size >= Number(state.C || 0));
		const next = sizes[Math.max(0, Math.min(sizes.length - 1, at + by))];
		change({C: next ? String(next) : '', A: '', B: ''}, {step: false});
		page.say(`${next} lines around every hit`);
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
	const bracketed = (text) => (/(^|\s)OR(\s|$)/.test(text) ? `(${text})` : text);
	return [
		['moving', 'Space f PageDown', 'one screen down', () => down(pageful())],
		['moving', 'b PageUp Shift+Space', 'one screen up', () => down(-pageful())],
		['moving', 'd', 'half a screen down', () => down(pageful() / 2)],
		['moving', 'u', 'half a screen up', () => down(-pageful() / 2)],
		['moving', 'j ArrowDown', 'a line down (or N)', (n) => down((n ?? 1) * line())],
		['moving', 'k ArrowUp', 'a line up (or N)', (n) => down(-(n ?? 1) * line())],
		['moving', 'g Home', 'first line; Ng: line N', (n) => (n ? page.numbers.goTo(n) : reader.goToEnd(state.order === 'desc' ? 'newest' : 'oldest'))],
		['moving', 'G End', 'last line', (n) => (n ? page.numbers.goTo(n) : reader.goToEnd(state.order === 'desc' ? 'oldest' : 'newest'))],
		['moving', 'p %', 'N percent into the result', (n) => page.numbers.percent(n ?? 0)],
		['moving', '[', 'one window of time back', () => step(-1, page)],
		['moving', ']', 'one window of time forward', () => step(1, page)],
		['moving', 'm', 'm and a letter: set a mark', () => { page.keys.waiting = (letter) => find.mark(letter); status.typed('m'); }],
		['moving', "'", "' and the letter: back to the mark", () => { page.keys.waiting = (letter) => find.goToMark(letter); status.typed("'"); }],
		['searching', '/', 'search forward in what is shown', () => ask('/', '', (text) => { if (text) { find.search(text, true); list.restyle(); } else find.again(true); })],
		['searching', '?', 'search backward', () => ask('?', '', (text) => { if (text) { find.search(text, false); list.restyle(); } else find.again(false); })],
		['searching', 'n', 'next', () => find.again(true)],
		['searching', 'N', 'previous', () => find.again(false)],
		['searching', '&', 'only lines that also match', () => ask('&', '', (text) => page.apply(text ? also(state.q, bracketed(text)) : ''))],
		['searching', 'e', 'next error', () => find.error(true)],
		['searching', 'E', 'previous error', () => find.error(false)],
		['searching', 'o', 'next line of the same request', () => find.same(true)],
		['searching', 'O', 'previous line of the same request', () => find.same(false)],
		['searching', 'q', 'edit the query', () => { byId('q').focus(); byId('q').select(); }],
		['lines', 'J', 'choose the next line', () => move(1)],
		['lines', 'K', 'choose the previous line', () => move(-1)],
		['lines', 'Enter', 'unfold the line', () => { const here = page.here(); if (here) { page.setCurrent(here); page.lineActions.toggle(here, 'tree'); } }],
		['lines', 'x', 'unfold its traceback', () => { const here = page.here(), [name] = [...page.contextFields].filter((field) => here?.members[field]); if (name) page.lineActions.toggle(here, name); }],
		['lines', '+ =', 'more context (of the line, or of every hit)', () => grow(1)],
		['lines', '-', 'less context; -S wraps or cuts, -N numbers lines, -i turns case, as in less', () => minus()],
		['lines', 'l', 'link to the line', () => { const here = page.here(); if (here) page.lineActions.select(here, false); }],
		['lines', 'y', 'copy the line, or the linked lines', () => page.lineActions.copyLines()],
		['view', 'F', 'follow new lines', () => page.tail.toggle()],
		['view', 'c', 'context: everything, hits marked', () => {
			if (page.unfiltered) page.say('context needs a query: everything is shown already');
			else change({context: state.context === '1' ? '' : '1'});
		}],
		['view', 'r', 'newest or oldest first', () => change({order: state.order === 'asc' ? 'desc' : 'asc'})],
		['view', 'S', 'wrap or cut long lines', () => change({wrap: state.wrap === '1' ? '0' : '1'}, {step: false})],
		['view', '#', 'line numbers', () => change({numbers: state.numbers === '1' ? '' : '1'}, {step: false})],
		['view', 'i', 'case: smart, exact, ignored', () => byId('case').click()],
		['view', '\\', 'show or hide the filters', () => page.filters.togglePanel()],
		['view', 'Y', 'copy as command', () => page.lineActions.copied(command(page), 'command')],
		['view', 'Escape', 'stop following, searching, marking', () => {
			if (page.tail.active) return page.tail.toggle(false);
			if (document.body.classList.contains('loading')) return status.cancel();
			find.clear();
			page.setCurrent(null);
			if (state.line) change({line: ''}, {step: false});
			list.restyle();
		}],
		['view', 'h H', 'this help', () => page.keys.help()],
	];
}
