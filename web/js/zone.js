// Times as text in the zone that the reader chose. Fast enough for every line on every frame.

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

export const localName = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export class Zone {
	constructor(name) {  // 'local', 'UTC' or a name of the tz database
		this.name = name || 'local';
		this.offsets = new Map();  // by quarter of an hour: no zone changes its offset in between
		if (this.name === 'local' || this.name === 'UTC') return;
		this.format = new Intl.DateTimeFormat('en-US', {timeZone: this.name, hourCycle: 'h23', year: 'numeric', month: 'numeric',
			day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric'});
	}

	offset(ms) {
		if (this.name === 'UTC') return 0;
		const quarter = Math.floor(ms / 900000);
		let offset = this.offsets.get(quarter);
		if (offset === undefined) {
			offset = this.name === 'local' ? -new Date(ms).getTimezoneOffset() * 60000 : this.computeOffset(quarter * 900000);
			if (this.offsets.size > 10000) this.offsets.clear();
			this.offsets.set(quarter, offset);
		}
		return offset;
	}

	computeOffset(ms) {
		const part = Object.fromEntries(this.format.formatToParts(ms).map(({type, value}) => [type, Number(value)]));
		return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - ms;
	}

	shifted(ms) { return new Date(ms + this.offset(ms)); }
	weekday(ms) { return weekdays[this.shifted(ms).getUTCDay()]; }
	full(ms) { return this.shifted(ms).toISOString().replace('T', ' ').slice(0, -1); }
	date(ms) { return this.full(ms).slice(0, -13); }
	time(ms) { return this.full(ms).slice(-12); }
	second(ms) { return this.time(ms).slice(0, 8); }
	minute(ms) { return this.time(ms).slice(0, 5); }

	suffix(ms) {
		const minutes = this.offset(ms) / 60000;
		if (minutes === 0) return 'UTC';
		const size = Math.abs(minutes);
		return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${size % 60 ? `:${size % 60}` : ''}`;
	}

	// '2026-11-20', '2026-11-20 14:05[:01[.5]]', '14:05' (today) in this zone, or RFC 3339; null if it is none of these.
	parse(text) {
		const match = /^(?:(\d{4})-(\d\d)-(\d\d))?(?:[T ]?(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text.trim());
		if (!match || text.trim() === '') return null;
		const today = this.date(Date.now()).split('-');
		const [, year = today[0], month = today[1], day = today[2], hour = 0, minute = 0, second = 0, fraction = '', zone] = match;
		if (month > 12 || day > 31 || hour > 24 || minute > 59 || second > 60) return null;
		const utc = Date.UTC(year, month - 1, day, hour, minute, second) + Math.round(Number(fraction || 0) * 1000);
		if (zone) return Date.parse(`${new Date(utc).toISOString().slice(0, -1)}${zone}`);
		const guess = utc - this.offset(utc);
		return utc - this.offset(guess);
	}
}

const unit = {s: 1000, m: 60000, h: 3600000, d: 86400000, w: 604800000};

export const isRelative = (text) => text === 'now' || /^\d+\s*[smhdw]$/.test(text);

// Milliseconds that a `since` or `until` means now, or null when it is open or not understood.
export function resolve(text, zone, now = Date.now()) {
	if (!text) return null;
	if (text === 'now') return now;
	const relative = /^(\d+)\s*([smhdw])$/.exec(text);
	if (relative) return now - Number(relative[1]) * unit[relative[2]];
	return zone.parse(text);
}

export const rfc3339 = (ms) => new Date(ms).toISOString();
