// The live tail, links, commands and export.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';

const last = (page) => page.locator('#list .row').last().locator('.message').textContent();
const now = (shift = 0) => new Date(Date.now() + shift).toISOString();

// A server of its own; its process and its address.
async function serve(listen) {
  const server = spawn('alco-httpd', ['-s', process.env.ALCO_STORE, '--listen', listen], {stdio: ['ignore', 'pipe', 'inherit']});
  const url = await new Promise((told) => server.stdout.once('data', (text) => told(String(text).trim())));
  return {server, url, end: () => new Promise((ended) => { server.once('exit', ended); server.kill(); })};
}

export default {
  'follows on when the server was restarted': async ({page, press, complaints, store, until}) => {
    const line = (message) => ({'@timestamp': now(), message});
    store('restarts', [line('before')]);
    const first = await serve('127.0.0.1:0'), {host} = new URL(first.url);
    let second;
    try {
      await page.goto(`${first.url.replace(/\/$/, '')}/grep/restarts/`);
      await page.locator('#survey:not(.stale) #total b').waitFor();
      await press('F');
      await until('the link that follows', () => page.url().includes('follow=1'));
      await first.end();
      await until('that it is lost', async () => /connection is lost/.test(await page.locator('.notice.lost').textContent().catch(() => '')));
      store('restarts', [line('while it was away 1'), line('while it was away 2')]);
      second = await serve(host);
      await until('that it is back', async () => !(await page.locator('.notice.lost').count()));
      store('restarts', [line('after')]);
      await until('the newest', async () => (await last(page)) === 'after');
      assert.deepEqual(await page.locator('#list .message').allTextContents(), ['before', 'while it was away 1', 'while it was away 2', 'after']);
    } finally {
      await page.goto('about:blank');
      if (first.server.exitCode === null) await first.end();
      await second?.end();
    }
    complaints.length = 0;  // the browser tells of the connection that was cut
  },

  'follows in arrival order, waits while the reader is further up, marks late lines': async ({page, open, press, store, until}) => {
    store('queue', Array.from({length: 200}, (_, i) => ({'@timestamp': now(i - 60000), message: `before ${i}`, host: 'h1'})));
    store('queue', Array.from({length: 300}, (_, i) => ({'@timestamp': now(-90000000), message: `of yesterday, read in today ${i}`})));
    await open('', 'queue');
    await press('F');
    await until('the link that follows', () => page.url().includes('follow=1'));
    store('queue', [{'@timestamp': now(), message: 'first new', host: 'h1'}, {'@timestamp': now(-5000), message: 'a late one', host: 'h2'}]);
    await until('the new lines', async () => (await last(page)).includes('a late one'));
    assert.match(await last(page), /late/);
    assert.equal(await page.locator('.late').count(), 1, 'what was there before is not new');
    await press('b');
    store('queue', [1, 2, 3].map((i) => ({'@timestamp': now(), message: `while away ${i}`, host: 'h1'})));
    await until('a count of what came', async () => (await page.locator('.notice.waiting').textContent().catch(() => '')).includes('3 new lines'));
    assert.ok(!(await last(page)).includes('while away'));
    await page.locator('.notice.waiting button').click();
    await until('what came', async () => (await last(page)) === 'while away 3');
    await press('Escape');
    await page.locator('body:not(.following)').waitFor();
    await until('order by time again', async () => !(await page.locator('.late').count()) && (await last(page)) === 'while away 3');
  },

  'a burst while the reader is away is shown whole': async ({page, open, press, store, until}) => {
    store('bursts', Array.from({length: 200}, (_, i) => ({'@timestamp': now(i - 60000), message: `before ${i}`})));
    await open('', 'bursts');
    await press('F');
    await until('the link that follows', () => page.url().includes('follow=1'));
    await press('b');
    const burst = 2600;  // more than wait in the page
    store('bursts', Array.from({length: burst}, (_, i) => ({'@timestamp': now(), message: `burst ${i}`})));
    await until('a count of all', async () => (await page.locator('.notice.waiting').textContent().catch(() => '')).includes('2,600 new lines'));
    await page.locator('.notice.waiting button').click();
    await until('the last', async () => (await last(page)) === `burst ${burst - 1}`);
    const seen = new Set();
    await until('each of them', async () => {
      for (const text of await page.locator('#list .message').allTextContents()) seen.add(text);
      await press('b');
      return seen.has('burst 500');
    });
    for (let i = 500; i < burst; ++i) assert.ok(seen.has(`burst ${i}`), `burst ${i}`);
  },

  'a line and a range of lines have links': async ({page, open, until}) => {
    await open('?q=wrong+passwords');
    const time = (i) => page.locator('#list .time').nth(i);
    const n = await page.locator('#list .row').count();
    const ids = await page.locator('#list .row').evaluateAll((rows) => rows.map((row) => row.dataset.id));
    await time(n - 4).click();
    assert.match(page.url(), new RegExp(`line=${ids[n - 4]}`));
    await page.locator(`[data-id="${ids[n - 2]}"] .time`).click({modifiers: ['Shift']});
    const link = await until('the clipboard', () => page.evaluate(() => navigator.clipboard.readText()));
    assert.match(link, new RegExp(`line=${ids[n - 4]}..${ids[n - 2]}`));
    await page.goto('about:blank');
    await page.goto(link);
    await until('three marked lines', async () => (await page.locator('.row.linked').count()) === 3);
    await page.locator('#survey:not(.stale) #total b').waitFor();
    await page.keyboard.press('y');
    const copied = await until('three lines copied', async () => { const text = await page.evaluate(() => navigator.clipboard.readText()); return text.includes('\n') && text; });
    assert.equal(copied.split('\n').length, 3);
  },

  'links of the page as it was still work': async ({page, base, until}) => {
    await page.goto(`${base}grep/shop/?levelname__in=ERROR,CRITICAL&application=shop&start_ts=2026-11-20T10:00:00Z`);
    await page.locator('#list .row').first().waitFor();
    assert.equal(await page.locator('#q').inputValue(), '@levelname:("ERROR" OR "CRITICAL") @application="shop"');
    await until('a count', async () => (await page.locator('#total b').textContent()) !== '');
    const {results: [{id}]} = await (await fetch(`${base}api/grep/shop/?q=anna&limit=1`)).json();
    await page.goto(`${base}grep/shop/?around=${id}`);
    await page.locator(`.row.linked.current[data-id="${id}"]`).waitFor();
    await page.goto(`${base}grep/shortcut/user/anna/`);
    await page.locator('#list .row').first().waitFor();
    assert.ok((await page.locator('#list .message').allTextContents()).every((text) => text.includes('anna')));
  },

  'copies the command that prints the same': async ({page, open, press, until}) => {
    await open('?q=relay+-refused&since=2026-11-20T10:00:00Z&order=desc&cols=host,logger&tz=UTC');
    await press('Y');
    const line = await until('the clipboard', async () => { const text = await page.evaluate(() => navigator.clipboard.readText()); return text.startsWith('alco-query') && text; });
    assert.match(line, /^alco-query -i shop --since 2026-11-20T10:00:00Z --utc -r --cols host,logger '.*relay.*-.*refused.*'$/);
  },

  'a search is saved for everyone, used by others, and deleted': async ({page, base, open, press, until}) => {
    await open('?q=relay+-refused&since=2026-11-20T10:00:00Z&order=desc');
    await page.locator('#shortcuts').click();
    await page.getByLabel('Name of the search').fill('mail, slow <b>');
    await press('Enter');
    await page.locator('.popover').getByRole('link', {name: 'mail, slow <b>'}).waitFor();
    await page.goto(`${base}grep/`);
    await page.getByRole('link', {name: 'mail, slow <b>'}).click();
    await until('the search', async () => (await page.locator('#q').inputValue().catch(() => '')) .includes('refused'));
    await page.locator('#list .row').first().waitFor();
    assert.match(page.url(), /since=2026-11-20T10.*order=desc|order=desc.*since=2026-11-20T10/);
    await page.locator('#shortcuts').click();
    await page.getByRole('button', {name: 'delete mail, slow <b>'}).click();
    await page.locator('.popover').getByRole('link').waitFor({state: 'detached'});
    assert.deepEqual((await (await fetch(`${base}api/saved/shop/`)).json()).searches, []);
  },

  'a selection through several lines is copied as their raw text': async ({page, open, press, until}) => {
    await open('?q=anna');
    const messages = page.locator('#list .row .message'), n = await messages.count();
    const want = (await messages.allTextContents()).slice(n - 4, n - 1).join('\n');
    const from = await messages.nth(n - 4).boundingBox(), to = await messages.nth(n - 2).boundingBox();
    await page.mouse.move(from.x + 20, from.y + 8);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + 8, {steps: 4});
    await page.mouse.up();
    await press('Control+c');
    await until('three lines', async () => (await page.evaluate(() => navigator.clipboard.readText())) === want);
    assert.equal(await page.locator('.unfolded').count(), 0);
  },

  'an export shows how far it is, and can be cancelled': async ({page, open, store, until, complaints}) => {
    store('bulk', Array.from({length: 30000}, (_, i) => ({'@timestamp': now(i - 90000), message: `${i} ${'x'.repeat(200)}`})));
    await open('', 'bulk');
    await page.locator('#menu').click();
    await page.getByRole('link', {name: 'text', exact: true}).click();
    await until('the end', async () => /^exported: 30,000 lines, \d\.\d MB/.test(await page.locator('.notice .export, .notice.export, .export').first().textContent().catch(() => '')));
    let polls = 0;
    await page.route('**/api/progress/**', (route) => {
      const ended = route.request().method() === 'DELETE' || polls > 100;
      if (ended) polls = 101;
      return route.fulfill({json: {state: ended ? 'failed' : 'running', share: 0.4, events: 12345, bytes: 3000000}});
    });
    await page.locator('#menu').click();
    await page.getByRole('link', {name: 'CSV'}).click();
    const running = page.locator('.export', {has: page.locator('progress')});
    await until('how far', async () => (await running.textContent().catch(() => '')).includes('12,345 lines, 3.0 MB') && (await running.locator('progress').getAttribute('value')) === '0.4');
    await running.getByRole('button', {name: 'cancel'}).click();
    await until('the end of it', async () => (await page.locator('.export').last().textContent()).includes('export cancelled after 12,345 lines'));
    complaints.length = 0;
  },

  'exports everything found, in order': async ({page, open}) => {
    await open('?q=relay');
    await page.locator('#menu').click();
    const address = await page.getByRole('link', {name: 'NDJSON'}).getAttribute('href');
    const answer = await fetch(address);
    assert.match(answer.headers.get('content-disposition'), /attachment/);
    const lines = (await answer.text()).trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.length, Number((await page.locator('#total b').textContent()).replace(/,/g, '')));
    const times = lines.map((event) => event['@timestamp']);
    assert.deepEqual(times, [...times].sort());
  },
};
