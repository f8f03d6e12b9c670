// How bad is a line? Level names of many systems, and syslog's numbers, fall into five classes.

export const classes = ['debug', 'info', 'warning', 'error', 'critical'];
export const levelFields = ['levelname', 'level', 'severity', 'loglevel', 'log.level', 'priority', 'PRIORITY'];

const names = new Map(Object.entries({
	trace: 0, debug: 0, verbose: 0, fine: 0, finer: 0, finest: 0, d: 0, v: 0, 7: 0,
	info: 1, information: 1, notice: 1, log: 1, i: 1, 6: 1, 5: 1,
	warn: 2, warning: 2, w: 2, 4: 2,
	err: 3, error: 3, severe: 3, failure: 3, e: 3, 3: 3,
	crit: 4, critical: 4, fatal: 4, alert: 4, emerg: 4, emergency: 4, panic: 4, f: 4, 2: 4, 1: 4, 0: 4,
}));

// 0 to 4; -1 when there is no level or its name says nothing.
export function levelClass(value) {
	if (value === undefined || value === null) return -1;
	return names.get(String(value).toLowerCase()) ?? -1;
}
