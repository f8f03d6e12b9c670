// What logs may not do to the page, and what the page does when the server fails.
import assert from 'node:assert/strict';

// Another search: always a request, whose answer replaces the lines.
async function searchAgain({page}, query) {
  await page.locator('#q').fill(query);
  await page.keyboard.press('Enter');
}

export default {
  'lines, names and values are text, whatever they hold': async ({page, open, until}) => {
    await open('', 'forum');
    await until('all lines', async () => (await page.locator('#list .row').count()) >= 4);
    for (const row of await page.locator('[data-unfold=exc_info]').all()) await row.click();
    await page.locator('#list .row').first().locator('.message').click();
    await page.locator('.tree').first().waitFor();
    await until('the filters', async () => (await page.locator('.choice').allTextContents()).some((text) => text.includes('<b>bold</b>')));
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    assert.equal(await page.locator('#list :is(script, img, svg, b, u, i)').count(), 0);
    assert.match(await page.locator('#list .message').first().textContent(), /^<script>window\.pwned=1<\/script>/);
    assert.match(await page.locator('.tree').first().textContent(), /<i>name<\/i><u>value<\/u>/);
    const shown = (await page.locator('#list .message').allTextContents()).join('\n');
    assert.ok(!/[\u202e\x00\x1b\x07]/.test(shown), 'what turns text around or is no character is shown as a sign');
    assert.ok(shown.includes('nul \u2400 escape \u241b[31mred'));
  },

  'only web addresses become links': async ({page, open}) => {
    await open('?q=javascript', 'forum');
    const links = await page.locator('#list a').evaluateAll((all) => all.map(({href, rel}) => [href, rel]));
    assert.deepEqual(links.map(([href]) => href), ['http://example.org/a?b=1&c=2', 'https://example.net/']);
    assert.ok(links.every(([, rel]) => rel.includes('noopener') && rel.includes('noreferrer')));
  },

  'a line of a megabyte and an event of 10,000 lines are folded, and unfold whole': async ({page, open, press, until}) => {
    await open('', 'forum');
    await press('G');
    const fold = page.locator('[data-unfold=message]');
    await until('both folds', async () => (await fold.count()) === 2);
    assert.ok((await page.locator('#list').textContent()).length < 20000);
    await fold.last().click();
    await until('all lines of the event', async () => (await page.locator('#list .message').last().textContent()).includes('line 9999 of one event'));
    await press('g');
    await fold.first().click();
    await until('the whole line', async () => (await page.locator('#list').textContent()).length > 1000000);
  },

  'an answer that is slow shows it, and can be cancelled': async ({page, open, until}) => {
    await open();
    let release;
    await page.route('**/api/grep/**', async (route) => { await new Promise((go) => { release = go; }); await route.continue().catch(() => {}); });
    await searchAgain({page}, 'basket');
    await page.locator('body.loading').waitFor();
    await until('the request', () => release);
    await page.locator('#status').getByRole('button', {name: 'cancel'}).click();
    await page.locator('body:not(.loading)').waitFor();
    assert.ok(await page.locator('#list .row').count() > 10, 'what was there stays');
    release();
  },

  'a key pressed before the first lines are there works': async ({page, open}) => {
    await page.addInitScript(() => document.addEventListener('readystatechange', () => {
      if (document.readyState !== 'interactive') return;
      new MutationObserver((_, observer) => {
        observer.disconnect();  // the script has just begun
        document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'h', bubbles: true, cancelable: true}));
        document.documentElement.dataset.help = document.getElementById('help').open;
      }).observe(document.getElementById('place'), {childList: true});
    }));
    await open();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.help), 'true');
  },

  'a long search says how far it is': async ({page, open, until}) => {
    await open();
    let release;
    await page.route('**/api/grep/**', async (route) => { await new Promise((go) => { release = go; }); await route.continue().catch(() => {}); });
    await page.route('**/api/progress/**', (route) => route.fulfill({json: {state: 'running', share: 0.37, events: 0, bytes: 0}}));
    await searchAgain({page}, 'basket');
    await until('its share', async () => /^searching \d+\.\d s, 37% done$/.test(await page.locator('.said').textContent()));
    release();
    await page.locator('body:not(.loading)').waitFor();
  },

  'a search that was stopped at its deadline is marked, and not begun again and again': async ({page, open, until}) => {
    let asked = 0;
    await page.route('**/api/grep/**', async (route) => {
      ++asked;
      const response = await route.fetch(), answer = await response.json();
      await route.fulfill({response, json: {...answer, results: asked === 1 ? answer.results.slice(0, 5) : [], next: answer.results[4]?.cursor ?? 'x', complete: false, incomplete: ['the search was stopped: its time was over']}});
    });
    await open('?order=desc');
    await until('what is wrong', async () => (await page.locator('.notice.incomplete').textContent()).includes('its time was over'));
    await page.waitForTimeout(600);
    assert.ok(asked <= 3, `${asked} requests`);
    const before = asked;
    await page.locator('.notice.incomplete').getByRole('button', {name: 'search on'}).click();
    await until('another request', () => asked > before);
  },

  'a failure says what and why, an unreachable server is tried again': async ({page, open, press, complaints, until}) => {
    await open();
    await page.route('**/api/grep/**', (route) => route.abort());
    await press('g');
    await until('what is wrong', async () => (await page.locator('.notice.error').textContent().catch(() => '')).includes('cannot be reached'));
    await page.unroute('**/api/grep/**');
    await until('the first line', async () => (await page.locator('.where b').textContent()) === 'top');
    await until('no complaint any more', async () => !(await page.locator('.notice.error').count()));
    complaints.length = 0;  // the browser tells of the requests that were cut
  },

  'an incomplete answer is marked as such': async ({page, open}) => {
    await page.route('**/api/grep/**', async (route) => {
      const response = await route.fetch(), answer = await response.json();
      await route.fulfill({response, json: {...answer, complete: false, incomplete: ['20261120: block 7 is corrupt']}});
    });
    await open();
    assert.match(await page.locator('.notice.incomplete').textContent(), /incomplete.*block 7 is corrupt/);
  },

  'stands behind a path prefix and nginx': async ({page, base, press, store, until}) => {
    const proxy = process.env.ALCO_PROXY;
    await page.goto(`${proxy}grep/`);
    await page.getByRole('link', {name: 'shop'}).click();
    await page.locator('#list .row').first().waitFor();
    await until('the filters', async () => (await page.locator('.choice').count()) > 5);
    await page.locator('#shortcuts').click();
    await page.getByLabel('Name of the search').fill('saved through a proxy');
    await page.keyboard.press('Enter');
    await page.locator('.popover').getByRole('link', {name: 'saved through a proxy'}).click();
    await until('the link', () => page.url().startsWith(`${proxy}grep/shop/`));
    await page.goto('about:blank');
    await fetch(`${base}api/saved/shop/saved%20through%20a%20proxy/`, {method: 'DELETE', headers: {'Content-Type': 'application/json'}});
    const line = (message) => ({'@timestamp': new Date().toISOString(), message});
    store('proxied', [line('before')]);
    await page.goto(`${proxy}grep/proxied/`);
    await page.locator('#survey:not(.stale) #total b').waitFor();
    await press('F');
    await until('the link that follows', () => page.url().includes('follow=1'));
    store('proxied', [line('at once')]);
    await until('the new line', async () => (await page.locator('#list .message').last().textContent()) === 'at once');
    await page.locator('#menu').click();
    assert.equal(await (await fetch(await page.getByRole('link', {name: 'text', exact: true}).getAttribute('href'))).text().then((text) => text.split('\n').length), 3);
  },

  'no request leaves the server, and the policy allows none': async ({page, base, open}) => {
    const hosts = new Set();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await open();
    assert.deepEqual([...hosts], [new URL(base).host]);
    const policy = (await fetch(`${base}grep/shop/`)).headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /require-trusted-types-for 'script'/);
    assert.ok(!policy.includes('unsafe'));
  },

  'a page is a few files, and all of them weigh less than 150,000 bytes': async ({page, base, open}) => {
    const bodies = new Map();
    page.on('response', (response) => { if (!response.url().includes('/api/')) bodies.set(response.url(), response.body()); });
    await open();
    const served = [...bodies.keys()].map((url) => url.split('/').slice(-2).join('/')).filter((name) => !name.endsWith('favicon.svg'));
    assert.deepEqual(served.sort(), ['css/base.css', 'css/grep.css', 'js/grep.js', 'shop/']);
    await page.goto(`${base}grep/`);
    await page.getByRole('link', {name: 'shop'}).waitFor();
    const sizes = (await Promise.all(bodies.values())).map((body) => body.length), sum = sizes.reduce((all, size) => all + size);
    assert.ok(sizes.length >= 7 && sum < 150000, `${sum} bytes in ${sizes.length} files`);
  },
};
