// The head of the list: names of the columns, to order by dragging, to resize, to take away.
import {el, button, drag} from './dom.js';
import {index} from './api.js';
import {member} from './row.js';
import {plain} from './tree.js';

const narrowest = 4, widest = 60;  // characters

export class Columns {
	constructor(head, body, page) {
		Object.assign(this, {head, body, page});
		this.names = [];
		this.widths = new Map(Object.entries(JSON.parse(localStorage.getItem(`alco.widths.${index}`) ?? '{}')));
		this.fitted = new Map();
		this.date = el('span.date');
	}

	set(names) {
		this.names = [...names];
		this.draw();
	}

	// Widths that suit the lines seen, for columns that the reader has not sized.
	fit(lines) {
		for (const name of this.names) {
			let width = Math.max(narrowest, Math.min(name.length + 1, 12), this.fitted.get(name) ?? 0);
			for (const {members} of lines.slice(0, 150)) width = Math.max(width, Math.min(plain(member(members, name) ?? '').length, 24));
			this.fitted.set(name, width);
		}
		this.layout();
	}

	width(name) { return this.widths.get(name) ?? this.fitted.get(name) ?? 12; }

	layout(numbers = this.numbers) {
		this.numbers = numbers;
		const template = [numbers ? 'var(--number)' : '', 'var(--time)', ...this.names.map((name) => `${this.width(name)}ch`), 'minmax(20ch, 1fr)'].join(' ');
		for (const {style} of [this.head, this.body]) style.setProperty('--columns', template);
		this.page.metrics = null;
	}

	draw() {
		this.layout();
		this.head.replaceChildren(...this.numbers ? [el('span.number', '#')] : [], el('span.time', this.date), ...this.names.map((name) => this.header(name)), el('span.message', 'message'));
		for (const cell of this.head.children) cell.setAttribute('role', 'columnheader');
	}

	header(name) {
		return el('span.cell', {'data-column': name, onpointerdown: (event) => this.move(event, name)},
			el('span.name', {title: `${name}\ndrag to move`}, name),
			button('×', () => this.page.toggleColumn(name), {title: `take column ${name} away`}),
			el('span.handle', {title: 'drag: width, double click: fit', ondblclick: () => { this.widths.delete(name); this.keep(); },
				onpointerdown: (event) => this.resize(event, name)}));
	}

	keep() {
		localStorage.setItem(`alco.widths.${index}`, JSON.stringify(Object.fromEntries(this.widths)));
		this.layout();
		this.page.list.restyle();
	}

	resize(event, name) {
		event.stopPropagation();
		event.preventDefault();
		const before = this.width(name), ch = event.currentTarget.parentElement.offsetWidth / before;
		drag(event, (moved) => {
			this.widths.set(name, Math.max(narrowest, Math.min(widest, Math.round(before + moved / ch))));
			this.layout();
		}, () => this.keep());
	}

	move(event, name) {
		if (event.button || event.target.closest('button, .handle')) return;
		const cell = event.currentTarget;
		cell.classList.add('dragged');
		drag(event, (moved) => { cell.style.transform = `translateX(${moved}px)`; }, (moved, x) => {
			cell.style.transform = '';
			cell.classList.remove('dragged');
			if (Math.abs(moved) < 5) return;
			const names = this.names.filter((other) => other !== name);
			const before = names.findIndex((other) => {
				const box = this.head.querySelector(`[data-column="${CSS.escape(other)}"]`).getBoundingClientRect();
				return x < box.left + box.width / 2;
			});
			names.splice(before < 0 ? names.length : before, 0, name);
			this.page.setColumns(names);
		});
	}
}
