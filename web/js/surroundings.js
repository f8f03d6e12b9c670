// What stands around the lines, and what the keys and buttons do.
import {byId} from './dom.js';
import {state, change} from './state.js';
import {Survey} from './survey.js';
import {Filters} from './filters.js';
import {Tail} from './tail.js';
import {Find} from './find.js';
import {Numbers} from './numbers.js';
import {Gaps} from './gaps.js';
import {Notices} from './notices.js';
import {StatusBar} from './statusbar.js';
import {LineActions} from './lineactions.js';
import {keyTable} from './keytable.js';
import {Keys} from './keys.js';
import {chooseRange, step} from './timerange.js';
import {showMenu} from './menu.js';
import {showShortcuts} from './saved.js';

export function surround(page) {
	const list = byId('list'), input = byId('q');
	Object.assign(page, {notices: new Notices(byId('notice'), page), find: new Find(page), gaps: new Gaps(page), numbers: new Numbers(page),
		survey: new Survey(page), filters: new Filters(byId('fields'), page), tail: new Tail(page), lineActions: new LineActions(list, page)});
	page.status = new StatusBar(byId('status'), page);
	page.keys = new Keys(keyTable(page), page);
	byId('search').addEventListener('submit', (event) => {
		event.preventDefault();
		list.focus({preventScroll: true});
		if (!page.apply(input.value.trim())) page.run(page.placeNow());
	});
	input.addEventListener('keydown', (event) => { if (event.key === 'Escape') { input.value = state.q; list.focus(); } });
	const actions = {
		case: () => change({case: {'': 'exact', exact: 'ignore', ignore: ''}[state.case] ?? ''}),
		time: chooseRange, back: () => step(-1, page), forward: () => step(1, page), wider: () => step(0, page),
		menu: (anchor) => showMenu(anchor, page), shortcuts: (anchor) => showShortcuts(anchor, page), panel: () => page.filters.togglePanel(),
	};
	for (const [id, action] of Object.entries(actions)) byId(id).addEventListener('click', (event) => action(event.currentTarget));
	list.addEventListener('wheel', () => { if (page.list.atBottom || page.list.atTop) page.reader.lookForNewer(); }, {passive: true});
}
