// A box under a button; closes by Escape, by a click elsewhere, or when its work is done.
import {el} from './dom.js';

let open = null;

function close() {
	open?.box.remove();
	open?.anchor.setAttribute('aria-expanded', 'false');
	open = null;
}

export function closePopover() {
	const anchor = open?.anchor;
	close();
	anchor?.focus({preventScroll: true});
}

export function popover(anchor, label, ...content) {
	const again = open?.anchor === anchor;
	closePopover();
	if (again) return null;
	const box = el('div.popover', {role: 'dialog', 'aria-label': label}, ...content);
	document.body.append(box);
	new ResizeObserver(() => {
		const place = anchor.getBoundingClientRect(), below = place.bottom + 4;
		box.style.left = `${Math.max(6, Math.min(place.left, innerWidth - box.offsetWidth - 6))}px`;
		box.style.top = `${below + box.offsetHeight > innerHeight - 6 ? Math.max(6, place.top - box.offsetHeight - 4) : below}px`;
	}).observe(box);
	anchor.setAttribute('aria-expanded', 'true');
	open = {box, anchor};
	box.querySelector('input, button')?.focus();
	return box;
}

addEventListener('keydown', (event) => { if (event.key === 'Escape' && open) { event.stopImmediatePropagation(); closePopover(); } }, true);
addEventListener('pointerdown', ({target}) => { if (open && !open.box.contains(target) && !open.anchor.contains(target)) close(); }, true);
addEventListener('resize', closePopover);
