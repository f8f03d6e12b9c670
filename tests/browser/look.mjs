// How the page looks: the list of indexes, light and dark, narrow, by keyboard and for screen readers; pictures for doc/.
import assert from 'node:assert/strict';
import {mkdirSync, statSync, writeFileSync} from 'node:fs';
import {shrink} from './png.mjs';

const folder = process.env.ALCO_SCREENSHOTS === '1' ? new URL('../../doc/images/', import.meta.url).pathname
  : `${process.env.BATS_FILE_TMPDIR}/`;

async function picture(page, name) {
  mkdirSync(folder, {recursive: true});
  await page.mouse.move(640, 3);
  if (name !== 'narrow') await page.setViewportSize({width: 1120, height: 640});
  const path = `${folder}${name}.png`;
  writeFileSync(path, shrink(await page.screenshot()));
  assert.ok(statSync(path).size > 5000 && statSync(path).size < 200000, `${name}.png has ${statSync(path).size} bytes`);
}

// Contrast of text against what is behind it, as WCAG computes it; the worst of all texts in view.
const worstContrast = (page) => page.evaluate(() => {
  const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = (colour, under) => {
    context.fillStyle = under;
    context.fillRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (colour) => colour.map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  let worst = {ratio: 99};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode());) {
    const element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility({opacityProperty: true})) continue;
    const behind = [];
    for (let node = element; node; node = node.parentElement) behind.unshift(getComputedStyle(node).backgroundColor);
    let paper = 'white';
    for (const colour of behind) paper = `rgb(${rgb(colour, paper)})`;
    const [a, b] = [light(rgb(getComputedStyle(element).color, paper)), light(rgb(paper, paper))].sort((p, q) => q - p);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst.ratio) worst = {ratio, text: text.data, of: element.className || element.tagName};
  }
  return worst;
});

const incident = '?since=2026-11-20T10:30:00Z&until=2026-11-20T10:54:00Z&order=asc';

export default {
  'the list of indexes': async ({page, base, store}) => {
    const minutes = (i) => new Date(Date.now() - (i % 290) * 1000 - ((i * i) % 60) * 1000).toISOString();
    store('payments', Array.from({length: 700}, (_, i) => ({'@timestamp': minutes(i), message: `paid ${i}`, amount: i})));
    await page.goto(`${base}grep/`);
    const row = page.locator('tr', {has: page.getByRole('link', {name: 'shop'})});
    await row.waitFor();
    assert.match(await row.textContent(), /9,000/);
    assert.equal(await row.locator('.minutes i').count(), 5);
    for (const [name, link] of [['slow answers', 'q=slow+answer'], ['mail trouble', 'q=relay+refused']])
      await fetch(`${base}api/saved/shop/`, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({name, link})});
    await page.reload();
    await page.getByRole('link', {name: 'mail trouble'}).waitFor();
    await picture(page, 'indexes');
    await row.getByPlaceholder('One user').fill('anna');
    await page.keyboard.press('Enter');
    await page.locator('#list .row').first().waitFor();
    assert.ok((await page.locator('#list .message').allTextContents()).every((text) => text.includes('anna')));
  },

  'light and dark, with contrast enough in both': async ({page, open}) => {
    for (const look of ['light', 'dark']) {
      await page.emulateMedia({colorScheme: look});
      await open(`${incident}&q=shop`);
      const worst = await worstContrast(page);
      assert.ok(worst.ratio >= 4.5, `${look}: ${JSON.stringify(worst)}`);
      await open(incident);
      await page.locator('.choice').nth(15).waitFor();
      await picture(page, look);
    }
    await page.emulateMedia({colorScheme: 'light'});
    await page.locator('#menu').click();
    await page.getByRole('button', {name: 'dark'}).click();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(20, 23, 27)');
    await page.reload();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  },

  'a traceback unfolded': async ({page, open}) => {
    await page.setViewportSize({width: 1120, height: 640});
    await open(`${incident}&q=connection`);
    const pills = await page.locator('[data-unfold=exc_info]').all();
    await pills.at(-12).click();
    await page.locator('.choice').nth(10).waitFor();
    await picture(page, 'traceback');
  },

  'context': async ({page, open}) => {
    await open(`${incident}&q=in+the+pool&C=2`);
    await page.locator('.choice').nth(5).waitFor();
    await picture(page, 'context');
  },

  'live tail': async ({page, open, press, store, until}) => {
    const line = (i, shift = 0) => ({'@timestamp': new Date(Date.now() + shift).toISOString(), message: `GET /item/${4700 + i} 200 ${10 + i}.4 ms`,
      host: `web0${1 + (i % 3)}.example.net`, levelname: i % 9 ? 'INFO' : 'WARNING', application: 'shop'});
    store('orders', Array.from({length: 80}, (_, i) => line(i, i * 700 - 70000)));
    await open('', 'orders');
    await press('F');
    await until('the link that follows', () => page.url().includes('follow=1'));
    store('orders', [line(81), line(82), line(83, -3500), line(84)]);
    await until('new lines', async () => (await page.locator('#list .message').last().textContent()).includes('4784'));
    await picture(page, 'tail');
  },

  'narrow screens': async ({page, open}) => {
    await page.setViewportSize({width: 400, height: 760});
    await open(`${incident}&q=connection`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await picture(page, 'narrow');
    await page.locator('#panel').click();
    await page.locator('.choice').first().waitFor();
    assert.ok(await page.locator('#fields').isVisible());
  },

  'everything that can be pressed has a name and can be reached by keyboard': async ({page, open}) => {
    await open('?q=relay');
    await page.locator('.choice').nth(10).waitFor();
    const nameless = await page.locator('button, input, select, a').evaluateAll((all) => all.filter((node) =>
      !(node.getAttribute('aria-label') || node.textContent.trim() || node.placeholder || node.labels?.length)).map((node) => node.outerHTML));
    assert.deepEqual(nameless, []);
    const reached = new Set();
    await page.locator('#top .home').focus();
    for (let i = 0; i < 14; ++i) {
      reached.add(await page.evaluate(() => document.activeElement.id));
      await page.keyboard.press('Tab');
    }
    for (const id of ['q', 'case', 'back', 'time', 'forward', 'wider', 'shortcuts', 'menu']) assert.ok(reached.has(id), id);
    for (const [id, role] of [['list', 'grid'], ['rail', 'scrollbar']]) assert.equal(await page.locator(`#${id}`).getAttribute('role'), role);
  },
};
