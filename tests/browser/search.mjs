// Searching: the query as understood, context, the search within the view, answers that find nothing or fail.
import assert from 'node:assert/strict';

const texts = (page, selector) => page.locator(selector).allTextContents();
const total = async (page) => Number((await page.locator('#survey:not(.stale) #total b').textContent()).replace(/,/g, ''));
const currentIs = (page, pattern) => async () => {
  const row = page.locator('.row.current');
  return (await row.count()) === 1 && pattern.test(await row.textContent());
};

export default {
  'a query is typed, marked in the lines, shown as chips and taken apart': async ({page, open, press, until}) => {
    await open();
    await press('q');
    await page.keyboard.type('relay -refused');
    await press('Enter');
    await until('two chips', async () => (await page.locator('.chip').count()) === 2);
    assert.ok((await texts(page, '#list .message')).every((text) => text.includes('relay') && !text.includes('refused')));
    assert.ok((await texts(page, '#list mark')).every((text) => text === 'relay'));
    const narrow = await until('a count', () => total(page));
    await page.locator('.chip', {hasText: 'refused'}).getByRole('button').click();
    await until('more lines', async () => (await total(page)) > narrow);
    assert.equal(await page.locator('#q').inputValue(), 'relay');
    await page.goBack();
    await until('the query before', async () => (await page.locator('#q').inputValue()) === 'relay -refused');
  },

  'a field that is not there is said, with the one that was meant': async ({page, open, until}) => {
    await open('?q=level:ERROR');
    await page.locator('.note').getByRole('button', {name: 'use levelname'}).click();
    await until('errors', async () => (await texts(page, '#list .level')).every((level) => level === 'ERROR') && (await page.locator('#list .row').count()) > 5);
  },

  'nothing found: says what was searched, and what would find something': async ({page, open, until}) => {
    await open('?q=relay+nosuchword');
    await until('the count', async () => (await page.locator('.notice.empty').textContent()).includes('0 of 9,000 lines, complete'));
    await page.getByRole('button', {name: 'without nosuchword'}).click();
    await page.locator('#list .row').first().waitFor();
  },

  'a wrong regular expression is explained, and the page goes on': async ({page, base, open, press, complaints, until}) => {
    await open();
    await press('q');
    await page.keyboard.type('/mx[/');
    await press('Enter');
    await until('the reason', async () => (await page.locator('.notice.error').textContent()).includes('mx['));
    await press('q');
    await page.keyboard.type('/mx[12]/');
    await press('Enter');
    await until('matches', async () => (await texts(page, '#list mark')).every((text) => /^mx[12]$/.test(text)) && (await page.locator('mark').count()) > 5);
    assert.ok(complaints.splice(0).every((text) => text.includes('400')), 'only the browser tells of the refused request');
    assert.ok(base);
  },

  'context off: only hits; on: everything from the first hit on, hits marked': async ({page, open, press, until}) => {
    await open('?q=pool&since=2026-11-20T10:00:00Z&until=2026-11-20T11:00:00Z');
    assert.ok((await texts(page, '#list .message')).every((text) => text.includes('pool')));
    await press('c');
    await page.locator('.row.plain').first().waitFor();
    await until('a hit among all', async () => (await page.locator('.row.hit mark').count()) > 0);
    assert.equal(await page.locator('.row.plain mark').count(), 0);
    assert.match(page.url(), /context=1/);
    await press('c');
    await page.locator('.row.plain').first().waitFor({state: 'detached'});
  },

  'context of every hit grows and shrinks by + and -, in groups': async ({page, open, press, until}) => {
    await open('?q=in+the+pool');
    assert.equal(await page.locator('.row.around').count(), 0);
    await press('+', '+');
    await until('two lines before and after', async () => (await page.locator('.row.around').count()) >= 8 && page.url().includes('C=2'));
    assert.ok(await page.locator('.group').count() > 0);
    await press('-', '-');
    await page.locator('.row.around').first().waitFor({state: 'detached'});
  },

  'context of one line: by number, by time, of the same host': async ({page, open, until}) => {
    await open('?q=in+the+pool');
    await page.locator('.row .message').last().click();
    const rows = await page.locator('#list .row').count();
    await page.locator('[data-act=more]').click();
    await until('ten lines around it', async () => (await page.locator('.row.around').count()) >= 5);
    assert.ok(await page.locator('#list .row').count() > rows);
    await page.locator('[data-act=less]').click();
    await page.locator('.row.around').first().waitFor({state: 'detached'});
    const host = await page.locator('.row.current .cell[data-field=host]').textContent();
    await page.locator('[data-act="same:host"]').click();
    await page.locator('.row.around').first().waitFor();
    assert.ok((await texts(page, '.row.around .cell[data-field=host]')).every((other) => other === host));
    await page.locator('[data-act=time]').click();
    await page.locator('[data-act=time]').click();
    await until('four seconds', async () => (await page.locator('.said').textContent()) === 'all lines within 4 s');
  },

  'searches within the view, and goes on to next and previous': async ({page, open, press, until}) => {
    await open();
    await press('?');
    await page.keyboard.type('synchronised');
    await press('Enter');
    await until('a line with it', currentIs(page, /synchronised/));
    assert.ok(await page.locator('.row.current mark.found').count() > 0);
    const first = await page.locator('.row.current').getAttribute('data-id');
    await press('n');
    await until('another one', async () => (await page.locator('.row.current').getAttribute('data-id')) !== first);
    await press('N');
    await until('the first again', async () => (await page.locator('.row.current').getAttribute('data-id')) === first);
    assert.equal(await total(page), 9000);
    await press('&');
    await page.keyboard.type('conflicts');
    await press('Enter');
    await until('only such lines', async () => (await texts(page, '#list .message')).every((text) => text.includes('conflicts')));
    assert.equal(await page.locator('#q').inputValue(), 'conflicts');
  },

  'goes along a request by o and O': async ({page, open, press, store, until}) => {
    store('calls', Array.from({length: 60}, (_, i) => ({'@timestamp': `2026-11-20T12:00:${String(i).padStart(2, '0')}Z`, message: `call ${i}`, request_id: `r${i % 7}`, shard: i % 5})));
    await open('', 'calls');
    await press('g', 'J', 'o');
    await until('seven further', currentIs(page, /call 7$/));
    await press('o');
    await until('fourteen', currentIs(page, /call 14$/));
    await press('O');
    await until('back', currentIs(page, /call 7$/));
    await press('/');
    await page.keyboard.type('call 5');
    await press('Enter');
    await until('found forward', currentIs(page, /call 15$/));
    await press('Enter');
    await page.locator('button[title$="the same shard"]').click();
    await press('Enter', 'o');
    await until('five further', currentIs(page, /call 20$/));
  },

  'goes to errors, along a request, and back to a mark': async ({page, open, press, until}) => {
    await open();
    await press('m', 'a', 'E');
    await until('an error', currentIs(page, /ERROR|CRITICAL/));
    const id = await page.locator('.row.current').getAttribute('data-id');
    await press('E');
    await until('the error before', async () => (await page.locator('.row.current').getAttribute('data-id')) !== id);
    await press('e');
    await until('the first error again', async () => (await page.locator('.row.current').getAttribute('data-id')) === id);
    await press('O');
    await until('nothing more of its request', async () => /^no further line with request_id/.test(await page.locator('.said').textContent()));
    await press('g');
    await until('the first line', async () => (await page.locator('.where b').textContent()) === 'top');
    await press("'", 'a');
    await until('the mark at the end', async () => (await texts(page, '#list .message')).includes('last line of the shop'));
  },
};
