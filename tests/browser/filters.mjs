// Filters, histogram and time: every number is exact, every step is in the query and the link.
import assert from 'node:assert/strict';

const texts = (page, selector) => page.locator(selector).allTextContents();
const value = (page, field, text) => page.locator('.field', {has: page.locator('h3 button:first-child', {hasText: new RegExp(`^${field}$`)})})
  .locator('.choice', {has: page.locator('.text', {hasText: new RegExp(`^${text}$`)})});
const count = async (choice) => Number((await choice.locator('.count').textContent()).replace(/,/g, ''));
const query = (page) => page.locator('#q').inputValue();
const total = (page) => page.locator('#survey:not(.stale) #total b').textContent();

export default {
  'values with exact counts, to include, add, exclude and keep alone': async ({page, open, until}) => {
    await open();
    await value(page, 'levelname', 'ERROR').waitFor();
    const errors = await count(value(page, 'levelname', 'ERROR')), warnings = await count(value(page, 'levelname', 'WARNING'));
    assert.equal(errors, Number((await (await fetch(`${process.env.ALCO_URL}api/count/shop/?levelname=ERROR`)).json()).count));
    await value(page, 'levelname', 'ERROR').locator('.main').click();
    await until('only errors', async () => (await total(page)) === String(errors));
    assert.equal(await query(page), '@levelname="ERROR"');
    await value(page, 'levelname', 'WARNING').locator('.main').click({modifiers: ['Control']});
    await until('warnings too', async () => (await total(page)) === String(errors + warnings));
    assert.equal(await query(page), '@levelname:("ERROR" OR "WARNING")');
    await value(page, 'application', 'mail').locator('.main').click({modifiers: ['Alt']});
    await until('no mail', async () => (await query(page)).endsWith('-@application="mail"'));
    await value(page, 'application', 'mail').and(page.locator('.excluded')).waitFor();
    await value(page, 'application', 'auth').hover();
    await value(page, 'application', 'auth').getByRole('button', {name: 'Only'}).click();
    await until('only that', async () => (await query(page)) === '@application="auth"');
  },

  'a cell filters as a value does, and every field can be found': async ({page, open, until}) => {
    await open();
    const host = await page.locator('#list .cell[data-field=host]').last().textContent();
    await page.locator('#list .cell[data-field=host]').last().click();
    await until('one host', async () => (await query(page)) === `@host="${host}"`);
    await page.locator('#fields > input').fill('http.pa');
    const field = page.locator('.field:not([hidden])');
    assert.equal(await until('one field', async () => (await field.count()) === 1 && field.count()), 1);
    await field.locator('h3 button').first().click();
    await until('its values', async () => (await texts(page, '.field:not([hidden]) .choice .text')).includes('/checkout'));
  },

  'an array is filtered as a whole, or by an element': async ({page, open, store, until}) => {
    store('lists', [['a', 'b'], ['b'], ['c'], 'd', [1, 2], []].map((tags, i) => ({'@timestamp': `2026-11-20T12:00:0${i}Z`, message: `tags ${i}`, tags})));
    await open('?cols=tags', 'lists');
    await page.locator('.cell[data-field=tags]', {hasText: '"a"'}).click();
    await until('the whole array', async () => (await query(page)) === '@tags="[\\"a\\",\\"b\\"]"' && (await total(page)) === '1');
    await page.locator('#list .message').click();
    await page.locator('.member', {has: page.locator('dd', {hasText: /^b$/})}).last().getByRole('button', {name: 'only tags b'}).click();
    await until('one element', async () => (await query(page)) === '@tags="b"' && (await total(page)) === '2');
    await page.goto(page.url().replace(/\?.*/, '?cols=tags'));
    await page.locator('.field', {hasText: 'tags'}).locator('h3 button').first().click();
    await page.locator('.choice', {hasText: '[1,2]'}).locator('.main').click({modifiers: ['Alt']});
    await until('all but one', async () => (await query(page)) === '-@tags="[1,2]"' && (await total(page)) === '5');
    await page.locator('.choice.excluded', {hasText: '[1,2]'}).waitFor();
    await page.locator('.choice', {hasText: '[]'}).locator('.main').click();
    await until('the empty one', async () => (await query(page)).startsWith('@tags="[]"') && (await total(page)) === '1');
  },

  'more values than fit: all of them, and a search in them': async ({page, open, until}) => {
    await open();
    const field = page.locator('.field', {has: page.locator('h3 button:first-child', {hasText: /^host$/})});
    await field.getByRole('button', {name: 'more'}).click();
    await until('all hosts', async () => (await field.locator('.choice').count()) === 12);
    await field.locator('.values > input').fill('queue');
    await until('queues', async () => (await field.locator('.choice').count()) === 4);
    await page.locator('#q').fill('@host="web01.example.net" zzz');
    await page.keyboard.press('Enter');
    await page.locator('.notice.empty').waitFor();
    assert.ok(!/-\d/.test(await field.textContent()), 'no fewer than nothing is left');
    assert.equal(await page.locator('.thumb').isVisible(), false);
  },

  'the histogram zooms where it is brushed, and steps by its width': async ({page, open, until}) => {
    await open();
    const bars = await page.locator('#bars').boundingBox();
    await page.mouse.move(bars.x + bars.width * 0.5, bars.y + 20);
    assert.match(await page.locator('#bars .tip').textContent(), /lines/);
    await page.mouse.down();
    await page.mouse.move(bars.x + bars.width * 0.75, bars.y + 20, {steps: 4});
    await page.mouse.up();
    await until('less than all', async () => (await total(page)) !== '9,000');
    const range = () => { const {searchParams} = new URL(page.url()); return [searchParams.get('since'), searchParams.get('until')].map(Date.parse); };
    const [since, end] = range();
    assert.ok(end - since > 4 * 3600000 && end - since < 5 * 3600000);
    await page.locator('#back').click();
    assert.deepEqual(range(), [since - (end - since), since]);
    await page.locator('#forward').click();
    assert.deepEqual(range(), [since, end]);
    await page.locator('#wider').click();
    assert.equal(range()[1] - range()[0], 2 * (end - since));
  },

  'the zone is switched to UTC or any other, and is in the link': async ({page, open, until}) => {
    await open();
    const zone = async (name) => { await page.locator('#time').click(); await page.getByLabel('Time zone').selectOption(name); };
    await zone('America/St_Johns');
    await until('three and a half hours back', async () => (await texts(page, '#list .time')).at(-1) === '08:30:00.000');
    assert.match(page.url(), /tz=America%2FSt_Johns/);
    assert.match(await page.locator('.where span').textContent(), /UTC−3:30/);
    await zone('UTC');
    await until('UTC', async () => (await texts(page, '#list .time')).at(-1) === '12:00:00.000');
  },

  'times are typed in the zone that is shown, relative ones can be frozen': async ({page, open, until}) => {
    await open('?tz=Asia/Tokyo');
    assert.equal((await texts(page, '#list .time')).at(-1), '21:00:00.000');
    await page.locator('#time').click();
    await page.locator('.range input[name=since]').fill('2026-11-20 19:00');
    await page.locator('.range input[name=until]').fill('2026-11-20 20:00');
    await page.keyboard.press('Enter');
    await until('that hour', () => page.url().includes('since=2026-11-20T10%3A00%3A00.000Z'));
    await until('its lines', async () => (await texts(page, '#list .time')).every((time) => time.startsWith('19:')));
    assert.equal(await page.locator('#time').textContent(), '2026-11-20 19:00 – 20:00');
    await page.locator('#time').click();
    await page.getByRole('button', {name: '30 days'}).click();
    await until('a preset', () => page.url().includes('since=30d'));
    await page.locator('#time').click();
    await page.getByRole('button', {name: /^freeze/}).click();
    assert.match(page.url(), /since=\d{4}-.*until=\d{4}-/);
    await page.locator('#time').click();
    await page.locator('.range input[name=since]').fill('half past nine');
    await page.keyboard.press('Enter');
    assert.match(await page.locator('.wrong').textContent(), /A time is/);
  },
};
