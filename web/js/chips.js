// The query as the server understood it: a chip for each condition that must hold, which takes it away.
import {el, button} from './dom.js';
import {conditions, remove, split} from './query.js';

export function showChips(place, text, answer, apply) {
	const typed = conditions(text), {clauses, notes} = answer.query, understood = clauses.length ? clauses : typed;
	const chips = understood.map((clause, i) => {
		const rest = typed.length === understood.length ? remove(text, i) : understood.filter((_, k) => k !== i).join(' ');
		return el('span.chip', {role: 'listitem'}, ...parts(clause),
			button('×', () => apply(rest), {title: `take ${clause} away`}));
	});
	place.replaceChildren(...chips, ...notes.map((note) => el('span.note', {role: 'listitem'}, note, ...suggestion(note, text, apply))));
	place.hidden = !place.firstChild;
}

// '-@host="x"' as sign, name and value, each with its own colour; the message's name is left out.
function parts(clause) {
	const match = /^(-?)@([\w.@-]+?)(:[<>]=?|:|=)([^]*)$/.exec(clause);
	if (!match || split(clause).length > 1) return [el('span.value', clause)];
	const [, sign, name, operator, value] = match;
	return [sign && el('b.not', 'not '), name !== 'message' && el('span.name', `${name}${operator.replace(/^[:=]/, ' ')}`.trim(), ' '), el('span.value', value)];
}

// "no field 'level' in this index; did you mean levelname?" gets a button that does it.
function suggestion(note, text, apply) {
	const match = /no field '([^']+)'.*did you mean ([\w.@-]+)\?/.exec(note);
	if (!match) return [];
	const [, wrong, right] = match;
	const better = conditions(text).map((condition) => condition.startsWith(`${wrong}:`) ? `@${right}${condition.slice(wrong.length)}` : condition).join(' ');
	return better === text ? [] : [button(`use ${right}`, () => apply(better))];
}
