// The list of indexes: how much came in the last five minutes, the newest event's age, size, shortcuts, problems.
import {el, byId, number, bytes, duration} from './dom.js';
import {get} from './api.js';
import {shortcut, saved} from './saved.js';
import {theme, applyTheme} from './theme.js';

const every = 10000;      // ms between looks
const quietAfter = 600000;  // ms without an event that are worth a colour

function minutes(counts) {
	const most = Math.max(1, ...counts);
	const sum = counts.reduce((a, b) => a + b, 0);
	const bars = counts.map((n, i) => {
		const bar = el(n ? 'i' : 'i.none', {title: `${number(n)} events, ${counts.length - i} min ago`});
		bar.style.height = `${Math.max(4, (n / most) * 100)}%`;
		return bar;
	});
	return [el('span.minutes', {role: 'img', 'aria-label': `events in the last ${counts.length} minutes: ${counts.join(', ')}`}, ...bars),
		el('span.perminute', number(sum))];
}

function row(index) {
	const age = index.events ? Date.now() - Date.parse(index.newest) : null;
	return el('tbody', el('tr',
		el('td.name', el('a', {href: `${encodeURIComponent(index.name)}/`}, index.name)),
		el('td', ...minutes(index.last_minutes ?? [])),
		el(age > quietAfter ? 'td.right.old' : 'td.right', {title: index.newest ?? ''}, age === null ? '–' : age < 1000 ? 'now' : `${duration(age)} ago`),
		el('td.right', number(index.events)),
		el('td.right.wide', bytes(index.bytes), el('span.quiet', index.events ? `  ${Math.round(index.bytes / index.events)} B/event` : '')),
		el('td.right.wide', {title: index.oldest ?? ''}, index.events ? index.oldest.slice(0, 10) : '–'),
		el('td.wide.shortcuts', ...Object.entries(index.shortcuts).map(([name, what]) => shortcut(name, what)),
			...index.saved.map((search) => saved(index.name, search)))),
	index.problems.length > 0 && el('tr', el('td.problems', {colSpan: 7}, ...index.problems.map((text) => el('p', text)))));
}

async function show() {
	const place = byId('indexes');
	let answer;
	try {
		answer = await get('api/collector/indices/');
	} catch (error) {
		byId('sum').textContent = `${error.message} Trying again in ${every / 1000} s.`;
		return;
	}
	const {indices} = answer;
	byId('sum').textContent = `${number(indices.reduce((sum, {events}) => sum + events, 0))} events, ${bytes(indices.reduce((sum, index) => sum + index.bytes, 0))}`;
	if (!indices.length)
		return place.replaceChildren(el('div.empty', el('p', 'There is no index yet. The first event makes one:'), el('pre', "echo '{\"message\": \"hello\"}' | alco-index -i app")));
	if (place.contains(document.activeElement) && document.activeElement.matches('input')) return;  // somebody is typing a value
	const head = ['index', 'last five minutes', 'newest', 'events', 'size', 'since', 'shortcuts'].map((name, i) =>
		el(`th${i > 1 && i < 6 ? '.right' : ''}${i > 3 ? '.wide' : ''}`, name));
	indices.sort((a, b) => (a.name < b.name ? -1 : 1));
	place.replaceChildren(el('table', el('thead', el('tr', ...head)), ...indices.map(row)));
}

const nextTheme = () => ({system: 'light', light: 'dark', dark: 'system'})[theme()];
const label = () => { byId('theme').textContent = theme(); };
byId('theme').addEventListener('click', () => { applyTheme(nextTheme()); label(); });
label();
show();
setInterval(() => { if (!document.hidden) show(); }, every);
