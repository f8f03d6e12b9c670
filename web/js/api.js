// Talks to the server. Paths are relative to the page, so a prefix does not matter.

export const base = new URL('../'.repeat(location.pathname.split('/grep/').pop().split('/').length), location.href);
export const index = decodeURIComponent(location.pathname.split('/grep/').pop().split('/')[0]);

export class ApiError extends Error {
	constructor(message, status) {
		super(message);
		this.status = status;  // 0: the server was not reached
	}
}

// `parameters` is a list of [name, value]; empty values are left out, names may repeat.
export function address(path, parameters = []) {
	const url = new URL(path, base);
	for (const [name, value] of parameters)
		if (value !== undefined && value !== null && value !== '') url.searchParams.append(name, value);
	return url;
}

export async function get(path, parameters, signal) {
	let answer;
	try {
		answer = await fetch(address(path, parameters), {signal, headers: {Accept: 'application/json'}});
	} catch (error) {
		if (error.name === 'AbortError') throw error;
		throw new ApiError('The server cannot be reached.', 0);
	}
	let body = null;
	try {
		body = await answer.json();
	} catch (error) {
		if (error.name === 'AbortError') throw error;
	}
	if (!answer.ok) throw new ApiError(body?.error ?? `The server answered ${answer.status}.`, answer.status);
	if (body === null) throw new ApiError('The server broke off its answer.', 0);
	return body;
}

export const indexPath = (what, ...rest) =>
	`api/${what}/${[index, ...rest].map(encodeURIComponent).join('/')}/`;
