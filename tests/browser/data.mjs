// Prints the events that the browser tests read: eighteen hours of an invented shop, the same bytes each time.
// The last line is at 2026-11-20T12:00:00Z; around 10:40 the database is in trouble.
// `node data.mjs late` prints what the live tail gets, `node data.mjs hostile` lines that try to be more than text.

const begin = Date.parse('2026-11-19T18:00:00Z'), end = Date.parse('2026-11-20T12:00:00Z');
export const count = 9000;

let seed = 42;
const random = () => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8) / 0x1000000;
const pick = (list) => list[Math.floor(random() * list.length)];
const hex = (n) => Array.from({length: n}, () => Math.floor(random() * 16).toString(16)).join('');
const number = (n) => Math.floor(random() * n);

const paths = ['/', '/cart', '/checkout', '/search?q=lamp', '/item/4711', '/item/815', '/login', '/api/stock', '/api/prices'];

const kinds = [
  [30, 'shop.http', 'INFO', () => {
    const path = pick(paths), status = pick([200, 200, 200, 200, 200, 304, 302, 404]), ms = Number((random() ** 3 * 400 + 1.2).toFixed(1));
    return {message: `GET ${path} ${status} ${ms} ms`, status, duration_ms: ms, http: {method: 'GET', path, client: `10.20.${number(256)}.${number(256)}`}};
  }],
  [12, 'shop.cart', 'INFO', () => ({message: `added item ${number(9000)} to cart ${hex(8)}, ${1 + number(9)} items now`})],
  [14, 'shop.db', 'DEBUG', () => ({message: `SELECT id, name, price FROM items WHERE category = ${number(40)} ORDER BY rank LIMIT 24: ${number(24)} rows in ${number(30)} ms`})],
  [8, 'shop.cache', 'DEBUG', () => ({message: `miss for item:${number(9000)}, loaded and kept for 300 s`})],
  [7, 'mail.queue', 'INFO', () => ({message: `sent order confirmation to customer ${number(5000)} through relay mx${1 + number(3)}.example.org`})],
  [5, 'auth.session', 'INFO', () => ({message: `session ${hex(12)} opened for user ${pick(['anna', 'ben', 'carla', 'dmitri', 'eva'])}`})],
  [4, 'stock.sync', 'INFO', () => ({message: `synchronised ${number(400)} articles with warehouse ${pick(['north', 'south'])}, ${number(3)} conflicts`})],
  [3, 'shop.http', 'WARNING', () => ({message: `slow answer: GET ${pick(paths)} took ${1000 + number(4000)} ms`, status: 200, duration_ms: 1000 + number(4000)})],
  [2, 'auth.session', 'WARNING', () => ({message: `3 wrong passwords for user admin from 203.0.113.${number(256)}`})],
  [1, 'mail.queue', 'ERROR', () => ({message: `relay mx${1 + number(3)}.example.org refused: 450 try again later`})],
];
const trouble = [
  [5, 'shop.db', 'ERROR', () => ({message: `connection refused: db01.example.net:5432`, exc_info: traceback()})],
  [6, 'shop.http', 'ERROR', () => ({message: `GET ${pick(paths)} 503 upstream timed out`, status: 503, duration_ms: 30000})],
  [2, 'shop.db', 'CRITICAL', () => ({message: 'no connection left in the pool (64 of 64 in use)', exc_info: traceback()})],
  [4, 'shop.cart', 'WARNING', () => ({message: `cart ${hex(8)} kept in memory: the database does not answer`})],
];

const traceback = () => `Traceback (most recent call last):
  File "/srv/shop/http/server.py", line ${100 + number(400)}, in handle
    response = self.route(request)
  File "/srv/shop/db/pool.py", line ${20 + number(200)}, in acquire
    connection = self.connect(self.address, timeout=5)
  File "/srv/shop/db/wire.py", line 88, in connect
    raise ConnectionRefused(address)
shop.db.ConnectionRefused: db01.example.net:5432`;

function choose(list) {
  let left = random() * list.reduce((sum, [weight]) => sum + weight, 0);
  return list.find(([weight]) => (left -= weight) < 0) ?? list[0];
}

export function* events() {
  const times = Array.from({length: count - 1}, () => {
    for (;;) {  // busier by day, and while the database is away
      const share = random(), hour = 18 + share * 18;
      const busy = 0.25 + 0.5 * (1 - Math.cos(((hour - 3) / 24) * 2 * Math.PI)) / 2 + (hour > 34.66 && hour < 34.95 ? 0.6 : 0);
      if (random() < busy) return begin + Math.floor(share * (end - begin));
    }
  }).sort((a, b) => a - b);
  const micros = () => String(number(1000)).padStart(3, '0');
  for (const [i, ms] of [...times, end].entries()) {
    const bad = ms > Date.parse('2026-11-20T10:40:00Z') && ms < Date.parse('2026-11-20T10:57:00Z');
    const [, logger, levelname, make] = bad && random() < 0.6 ? choose(trouble) : choose(kinds);
    const rest = i === count - 1 ? {message: 'last line of the shop'} : make();
    yield {'@timestamp': new Date(ms).toISOString().replace('Z', `${i === count - 1 ? '000' : micros()}Z`), ...rest, host: `${pick(['web', 'web', 'web', 'api', 'queue'])}0${1 + number(4)}.example.net`,
      levelname, logger, application: logger.split('.')[0], process: 1000 + number(40), request_id: hex(8)};
  }
}

export const hostile = [
  '<script>window.pwned=1</script><img src=x onerror="window.pwned=1"><svg onload=window.pwned=1>',
  'javascript:alert(1) data:text/html,x see http://example.org/a?b=1&c=2. And https://example.net/',
  '\u202eesrever \u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627',
  'nul \0 escape \x1b[31mred\x1b[0m bell \x07',
  'x'.repeat(1000000),
  Array.from({length: 10000}, (_, i) => `line ${i} of one event`).join('\n'),
];

function* hostileEvents() {
  for (const [i, message] of hostile.entries())
    yield {'@timestamp': `2026-11-20T12:00:0${i}.000000Z`, message, host: '<b>bold</b>', levelname: '"><script>window.pwned=1</script>',
      '<i>name</i>': '<u>value</u>', constructor: 'c', __proto__x: 'p', exc_info: '</pre><script>window.pwned=1</script>'};
}

const print = (list) => { for (const event of list) process.stdout.write(`${JSON.stringify(event)}\n`); };
if (process.argv[1] === new URL(import.meta.url).pathname) print(process.argv[2] === 'hostile' ? hostileEvents() : events());
