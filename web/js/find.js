// Moves about in what is shown: search within the view, next error, next line of the same request, marks.
import {write, conditions} from './query.js';
import {member} from './row.js';
import {state} from './state.js';
import {levelClass} from './level.js';
import {plain} from './tree.js';

export class Find {
	constructor(page) {
		this.page = page;
		this.pattern = '';
		this.forward = true;
		this.marks = new Map();
	}

	// Spans of the plain words looked for, to be marked in every row; a regular expression is left to the server.
	spans(text) {
		if (!this.words?.length) return [];
		const found = [];
		const folded = text.toLowerCase();
		for (const word of this.words) {
			const where = word === word.toLowerCase() ? folded : text;
			for (let at = where.indexOf(word); at >= 0 && found.length < 500; at = where.indexOf(word, at + word.length)) found.push([at, at + word.length]);
		}
		return found;
	}

	search(pattern, forward) {
		if (pattern) this.pattern = pattern;
		this.forward = forward;
		this.words = conditions(this.pattern).map((word) => word.replace(/^(["'])(.*)\1$/s, '$2'))
			.filter((word) => word && !/^[-!@(/]/.test(word) && !/^(AND|OR|NOT)$/.test(word));
		return this.again(true);
	}

	clear() { this.pattern = ''; this.words = []; }

	again(sameDirection) {
		if (!this.pattern) return this.page.say('no previous search: / begins one');
		return this.jump(this.pattern, this.forward === sameDirection, `not found: ${this.pattern}`);
	}

	// Downwards on the screen is backwards in time when the newest line is first.
	async jump(query, down, otherwise) {
		const from = this.page.here();
		if (!from) return;
		this.aborter?.abort();
		const {signal} = (this.aborter = new AbortController());
		await this.page.attempt(async () => {
			const result = await this.page.reader.seek(query, from, down === (state.order !== 'desc'), signal);
			if (result) await this.goTo(result); else this.page.say(otherwise);
		});
	}

	async goTo(result) {
		const {page} = this, line = await page.reader.goTo(result.id);
		if (!line) return;
		if (result.spans?.length && !line.spans.length && !this.words?.length) line.spans = result.spans;
		page.setCurrent(line);
		page.list.reveal(line);
	}

	error(down) {
		const {levelField, survey: {levels}} = this.page, values = levels.filter((value) => levelClass(value) >= 3);
		if (!levelField || !values.length) return this.page.say('there are no errors');
		return this.jump(write(levelField, values), down, 'no further error');
	}

	// From now on o and O go along this field.
	follow(name) {
		this.page.sameField = name;
		this.page.say(`o and O go along ${name}`);
	}

	same(down) {
		const from = this.page.here();
		const field = this.page.sameFields.find((name) => from && member(from.members, name) !== undefined);
		if (!field) return this.page.say('this line has no request to follow');
		const value = plain(member(from.members, field));
		return this.jump(write(field, [value]), down, `no further line with ${field} ${value}`);
	}

	mark(letter) { this.marks.set(letter, this.page.here()?.id); this.page.say(`mark ${letter} set`); }

	async goToMark(letter) {
		const id = this.marks.get(letter);
		if (!id) return this.page.say(`mark ${letter} is not set`);
		const before = this.page.here()?.id;
		await this.goTo({id});
		this.marks.set("'", before);
	}
}
