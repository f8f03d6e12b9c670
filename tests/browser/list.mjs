// The list of lines: order, scrolling, places in time, what unfolds, columns.
import assert from 'node:assert/strict';
import {mkdirSync, utimesSync, writeFileSync} from 'node:fs';
import {count} from './data.mjs';

const texts = (page, selector) => page.locator(selector).allTextContents();
const inView = (page) => page.evaluate(() => {
  const list = document.getElementById('list').getBoundingClientRect();
  return [...document.querySelectorAll('#list .row')].filter((row) => {
    const box = row.getBoundingClientRect();
    return box.bottom > list.top + 1 && box.top < list.bottom - 1;
  }).map((row) => row.dataset.id);
});

export default {
  'opens at the newest line, oldest first, with everything aligned': async ({page, open}) => {
    await open();
    assert.equal(await page.locator('#list .row').last().locator('.message').textContent(), 'last line of the shop');
    const times = await texts(page, '#list .time');
    assert.deepEqual(times, [...times].sort());
    for (const column of ['host', 'levelname'])
      assert.equal(await page.evaluate((name) => new Set([...document.querySelectorAll(`[data-field="${name}"], [data-column="${name}"]`)]
        .filter((cell) => !cell.matches('.critical .level')).map((cell) => cell.getBoundingClientRect().left)).size, column), 1);
    assert.match(await page.locator('#total').textContent(), /^9,000lines in /);
  },

  'scrolls through all lines, each once and in order, with few rows in the document': async ({page, open, press, until}) => {
    await open('?since=2026-11-20T09:30:00Z');
    await press('g');
    await until('the first line', async () => (await page.locator('.where b').textContent()) === 'top');
    const seen = await page.evaluate(async () => {
      const list = document.getElementById('list'), order = [], known = new Set();
      let most = 0, still = 0, last = '';
      while (still < 60) {
        const rows = [...list.querySelectorAll('.row')];
        most = Math.max(most, rows.length);
        for (const {dataset: {id}} of rows) if (!known.has(id)) { known.add(id); order.push(id); }
        still = rows.at(-1).dataset.id === last ? still + 1 : 0;
        last = rows.at(-1).dataset.id;
        list.scrollTop += 900;
        await new Promise(requestAnimationFrame);
        await new Promise((next) => setTimeout(next));
      }
      return {order, most};
    });
    assert.ok(seen.most < 200, `${seen.most} rows in the document`);
    const {results} = await (await fetch(`${process.env.ALCO_URL}api/grep/shop/?order=asc&limit=10000&since=2026-11-20T09:30:00Z`)).json();
    assert.ok(results.length > 1000 && results.length < count);
    assert.deepEqual(seen.order, results.map(({id}) => id));
  },

  'lines that load above do not move what is read': async ({page, open}) => {
    await open();
    const worst = await page.evaluate(async () => {
      const list = document.getElementById('list');
      let most = 0;
      for (let i = 0; i < 60; ++i) {
        const edge = list.getBoundingClientRect().top + 150;
        const row = [...list.querySelectorAll('.row')].find((other) => other.getBoundingClientRect().top > edge);
        const before = row.getBoundingClientRect().top, {id} = row.dataset, position = list.scrollTop;
        list.scrollTop -= 130;
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        const moved = list.querySelector(`[data-id="${id}"]`).getBoundingClientRect().top - before;
        if (list.scrollTop > 0 && position > 0) most = Math.max(most, Math.abs(moved - 130));
      }
      return most;
    });
    assert.ok(worst <= 1, `moved by ${worst} px`);
  },

  'the scroll bar is time': async ({page, open, until}) => {
    await open();
    const bar = await page.locator('#rail').boundingBox();
    await page.mouse.click(bar.x + bar.width / 2, bar.y + bar.height / 2);
    await until('lines of three in the morning', async () => /^0[23]:/.test((await texts(page, '#list .time'))[0]));
    assert.match(await page.locator('#rail').getAttribute('aria-valuetext'), /^2026-11-20 0[23]:/);
  },

  'turns around and stays where it is': async ({page, open, press, until}) => {
    await open('?since=2026-11-20T10:00:00Z');
    await press('g');
    await until('the first line', async () => (await page.locator('.where b').textContent()) === 'top');
    await press(...'dddd');
    const [first] = await inView(page);
    await press('r');
    await until('newest first', async () => (await page.locator('.toggle').last().textContent()).includes('newest first'));
    await until('the same line', async () => (await inView(page)).includes(first));
    const turned = async () => { const times = await texts(page, '#list .time'); return times.join() === [...times].sort().reverse().join(); };
    await until('the newest on top', turned);
    assert.ok((await inView(page)).includes(first));
    assert.match(page.url(), /order=desc/);
  },

  'moves by the keys of less': async ({page, open, press, until}) => {
    await open();
    await press('g');
    await until('the first line', async () => (await page.locator('.where b').textContent()) === 'top');
    const top = await inView(page);
    await press('Space');
    const second = await inView(page);
    assert.ok(!top.slice(0, -2).includes(second[0]) && top.includes(second[0]), 'one screen on, the last line still there');
    await press('b');
    assert.equal((await inView(page))[0], top[0]);
    const position = () => page.evaluate(() => document.getElementById('list').scrollTop);
    await press('j');
    const line = await position();
    assert.ok(line > 10 && line < 30, `${line} px`);
    await press('1', '0', 'j');
    assert.equal(await position(), 11 * line);
    await press('1', '1', 'k');
    assert.equal(await position(), 0);
    await press('4', '3', '2', '1', 'g', '#');
    await until('line 4321', async () => (await page.locator('.row.current .number').textContent()) === '4321');
    const {results} = await (await fetch(`${process.env.ALCO_URL}api/grep/shop/?order=asc&limit=4321`)).json();
    assert.equal(await page.locator('.row.current').getAttribute('data-id'), results[4320].id);
    await press('5', '0', 'p');
    await until('line 4500', async () => (await page.locator('.row.current .number').textContent()) === '4500');
    await press('G');
    await until('the end', async () => (await page.locator('.where b').textContent()) === 'end');
    await press('h');
    assert.match(await page.locator('#help').textContent(), /one screen down/);
    await press('Escape');
    assert.equal(await page.locator('#help').isVisible(), false);
  },

  'unfolds tracebacks and members under the line': async ({page, open, until}) => {
    await open('?q=connection+refused');
    await page.locator('[data-unfold=exc_info]').last().click();
    await until('the traceback', async () => (await page.locator('.unfolded pre').textContent()).endsWith('db01.example.net:5432'));
    await page.locator('[data-unfold=exc_info][aria-expanded=true]').click();
    await page.locator('.unfolded').waitFor({state: 'detached'});
    await page.goto(page.url().replace(/q=.*/, 'q=@http.path="/checkout"'));
    await page.locator('#list .row .message').last().click();
    const members = await texts(page, '.tree dt');
    for (const name of ['http', 'client', 'method', 'path', 'request_id', 'status']) assert.ok(members.includes(name), name);
    await page.locator('[data-act=json]').click();
    const event = JSON.parse(await until('the clipboard', () => page.evaluate(() => navigator.clipboard.readText())));
    assert.equal(event.http.path, '/checkout');
    for (const [name, want] of [['request_id', event.request_id], ['http', JSON.stringify(event.http)]]) {
      const copying = page.locator('.tree').getByRole('button', {name: 'copy'}).and(page.getByTitle(`copy ${name}`, {exact: true}));
      await copying.click();
      await until(`${name} copied`, async () => (await page.evaluate(() => navigator.clipboard.readText())) === want);
      assert.equal(await page.locator('.said').textContent(), `${name} copied`);
    }
  },

  'x unfolds the traceback of a line, l makes its link': async ({page, open, press, until}) => {
    await open('?q=connection+refused');
    await press('G', 'J', 'x');
    await until('the traceback', async () => (await page.locator('.unfolded pre').textContent()).endsWith('db01.example.net:5432'));
    assert.ok(await page.locator('.row.current .unfolded').isVisible());
    await press('x');
    await page.locator('.unfolded').waitFor({state: 'detached'});
    await press('l');
    await until('the link', async () => (await page.evaluate(() => navigator.clipboard.readText())) === page.url());
    assert.equal(new URL(page.url()).searchParams.get('line'), await page.locator('.row.current').getAttribute('data-id'));
    await press('l');
    assert.equal(new URL(page.url()).searchParams.get('line'), null);
  },

  'numbers, wrapping and case by -N, -S and -i, as in less': async ({page, open, press, until}) => {
    await open('?q=relay');
    await press('-', 'N');
    await page.locator('#list .number').first().waitFor();
    await press('-', 'S');
    await page.locator('body:not(.wrap)').waitFor();
    await press('-', 'i');
    await until('exact case', () => page.url().includes('case=exact'));
  },

  'cuts or wraps long lines': async ({page, open, press, until}) => {
    await page.setViewportSize({width: 900, height: 700});
    await open('?q=SELECT');
    const height = () => page.locator('#list .row').last().evaluate((row) => row.offsetHeight);
    assert.ok(await height() > 30);
    await press('S');
    await until('one row of text', async () => (await height()) < 30);
    assert.ok(await page.evaluate(() => { const list = document.getElementById('list'); return list.scrollWidth > list.clientWidth; }));
  },

  'columns are chosen, moved, sized and kept in the link': async ({page, open, until}) => {
    await open();
    await page.locator('.field', {hasText: 'logger'}).locator('.column').click();
    await until('a new column', async () => (await texts(page, '#head .name')).includes('logger'));
    assert.match(decodeURIComponent(page.url()), /cols=host,levelname,logger|cols=.*logger/);
    await page.locator('[data-column=levelname]').hover();
    await page.locator('[data-column=levelname] button').click();
    assert.deepEqual(await texts(page, '#head .name'), ['host', 'logger']);
    const from = await page.locator('[data-column=logger] .name').boundingBox(), to = await page.locator('[data-column=host]').boundingBox();
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x + 2, to.y + 5, {steps: 5});
    await page.mouse.up();
    assert.deepEqual(await texts(page, '#head .name'), ['logger', 'host']);
    const width = () => page.locator('[data-column=host]').evaluate((cell) => cell.offsetWidth);
    const before = await width();
    const size = async (by) => {
      const handle = await page.locator('[data-column=host] .handle').boundingBox();
      await page.mouse.move(handle.x + 3, handle.y + 5);
      await page.mouse.down();
      await page.mouse.move(handle.x + 3 + by, handle.y + 5, {steps: 3});
      await page.mouse.up();
    };
    const sticksOut = () => page.locator('#list [data-field=host]').evaluateAll((cells) => cells.filter((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      return text.getBoundingClientRect().right > cell.getBoundingClientRect().right + 1 && getComputedStyle(cell).overflow !== 'hidden';
    }).length);
    await size(-60);
    assert.ok(await width() < before - 40);
    assert.ok(await page.locator('#list .cell.cut').count() > 10);
    assert.equal(await sticksOut(), 0, 'a text that does not fit is cut');
    await size(120);
    assert.ok(await width() > before + 40);
    assert.equal(await page.locator('#list .cell.cut').count(), 0);
    assert.equal(await sticksOut(), 0);
    await page.reload();
    await page.locator('#list .row').first().waitFor();
    await until('the columns of the link', async () => (await texts(page, '#head .name')).join() === 'logger,host');
  },

  'says where a day begins and where nothing came': async ({page, open, press, store, until}) => {
    store('nightly', [['2026-11-18T22:00:00Z', 'one'], ['2026-11-18T22:00:01Z', 'two'], ['2026-11-19T06:00:00Z', 'three']]
      .map(([time, message]) => ({'@timestamp': time, message})));
    await open('', 'nightly');
    assert.equal(await page.locator('.day').textContent(), '2026-11-19 Thu');
    assert.deepEqual(await texts(page, '.gap'), ['the index begins here', 'no events for 8 h']);
    await press('r');
    await until('newest first', async () => (await texts(page, '#list .message'))[0] === 'three');
  },

  'says in its place what was rotated away, not collected, or rejected': async ({page, base, folder, open, store, until}) => {
    const minute = (n) => `2026-11-18T22:0${n}:00Z`;
    store('holes', [0, 1, 5, 6].map((n) => ({'@timestamp': minute(n), message: `minute ${n}`})));
    mkdirSync(`${folder}/.consume`, {recursive: true});
    writeFileSync(`${folder}/.consume/holes.gaps`, [['rotated', '2026-11-16T00:00:00Z', '2026-11-18T00:00:00Z'], ['down', minute(2), minute(4)]]
      .map(([kind, since, until]) => `${JSON.stringify({kind, since, until})}\n`).join(''));
    writeFileSync(`${folder}/holes/rejected`, `{"rejected_at":"2026-11-18T22:05:30.000000Z","reason":"too long","text":"x"}\n`);
    writeFileSync(`${folder}/.consume/holes.alive`, '');
    utimesSync(`${folder}/.consume/holes.alive`, new Date('2026-11-18T22:07:00Z'), new Date('2026-11-18T22:07:00Z'));
    await open('', 'holes');
    await until('all three', async () => (await page.locator('.gap').count()) === 3);
    assert.deepEqual(await texts(page, '.gap'), ['what was before 2026-11-18 00:00 is rotated away', 'nothing was collected for 2 min, until 22:04:00',
      '1 line was rejected here: too long']);
    assert.deepEqual(await page.locator('#list .row').evaluateAll((rows) => rows.map((row) => row.querySelectorAll('.gap').length)), [1, 0, 1, 1]);
    assert.match(await page.locator('.notice.down').textContent(), /alco-consume was last at work 2026-11-18 22:07:00/);
    await page.goto(`${base}grep/`);
    const problems = page.locator('tbody', {has: page.getByRole('link', {name: 'holes'})}).locator('.problems p');
    await problems.first().waitFor();
    assert.deepEqual((await problems.allTextContents()).map((text) => text.split(':')[0]), ['nothing collects this index', '1 line could not be stored']);
  },

  'every key moves as in less': async ({page, open, press, until}) => {
    await open('?since=2026-11-20T08:00:00Z&until=2026-11-20T09:00:00Z');
    await press('g');
    await until('the first line', async () => (await page.locator('.where b').textContent()) === 'top');
    const position = () => page.evaluate(() => document.getElementById('list').scrollTop);
    const height = await page.evaluate(() => document.getElementById('list').clientHeight);
    for (const [key, back, least, most] of [['d', 'u', height / 2 - 30, height / 2], ['f', 'b', height - 30, height], ['j', 'k', 15, 25], [' ', 'PageUp', height - 30, height], ['ArrowDown', 'ArrowUp', 15, 25]]) {
      await press(key);
      const moved = await position();
      assert.ok(moved >= least && moved <= most, `${key}: ${moved} px`);
      await press(back);
      assert.ok(await position() <= 1, back);
    }
    const range = () => new URL(page.url()).searchParams.get('since');
    await press(']');
    await until('the next hour', () => range() === '2026-11-20T09:00:00.000Z');
    await press('[', '[');
    await until('the hour before', () => range() === '2026-11-20T07:00:00.000Z');
  },

  'nothing is fetched again that is there already': async ({page, open, press, until}) => {
    await open('?since=2026-11-20T11:50:00Z');
    const asked = [];
    page.on('request', (request) => { if (request.url().includes('/api/grep/')) asked.push(request.url()); });
    await press('g', 'G', 'b', 'b', 'Space', 'S', 'S', '-', 'N', 'J', 'Enter');
    await page.locator('.unfolded').waitFor();
    assert.deepEqual(asked, []);
    assert.ok(await until('lines', () => page.locator('#list .row').count()) > 10);
  },
};
