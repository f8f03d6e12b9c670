// Talks to the server. Paths are relative to the page, so a prefix does not matter.

export const base = new URL('../'.repeat(location.pathname.split('/grep/').pop().split('/').length), location.href);
export const index = decodeURIComponent(location.pathname.split('/grep/').pop().split('/')[0]);

// `status` 0: the server was not reached.
const failure = (message, status) => Object.assign(new Error(message), {status});
const broken = (message) => (error) => { throw error.name === 'AbortError' ? error : failure(message, 0); };

export function address(path, parameters = []) {
	const url = new URL(path, base);
	for (const [name, value] of parameters)
		if (value !== undefined && value !== null && value !== '') url.searchParams.append(name, value);
	return url;
}

const begun = new Map();  // requests that nobody waits for yet, by path
const request = (path, parameters, options) => fetch(address(path, parameters), options);

// Sends a request whose answer the first get() of the same path gets.
export function begin(path, parameters) {
	const answer = request(path, parameters);
	answer.catch(() => {});
	begun.set(path, answer);
}

async function answerOf(sent) {
	const answer = await sent.catch(broken('The server cannot be reached.'));
	if (answer.ok) return answer.json().catch(broken('The server broke off its answer.'));
	const {error = `The server answered ${answer.status}.`} = await answer.json().catch(() => ({}));
	throw failure(error, answer.status);
}

export function get(path, parameters, signal) {
	const early = begun.get(path);
	begun.delete(path);
	return answerOf(early ?? request(path, parameters, {signal}));
}

export const send = (method, path, body) => answerOf(request(path, [], {method, headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)}));

export const randomText = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36).padStart(2, '0')).join('');

export const indexPath = (what, ...rest) => `api/${what}/${[index, ...rest].map(encodeURIComponent).join('/')}/`;

// Of the index that the page shows: ask('grep', …), ask(['event', id]).
export const ask = (what, parameters, signal) => get(indexPath(...[what].flat()), parameters, signal);
