// node run.mjs RESULTS FILE…: runs all tests of the files, each in a fresh context of the Chromium at $ALCO_CHROMIUM, against
// the server at $ALCO_URL. What became of each stands in RESULTS/NAME afterwards: 'ok', or why not. Anything that the page
// says on its console, and any answer of the policy (CSP), fails a test. ONLY=REGEX runs some.
import {chromium} from 'playwright-core';
import {execFileSync} from 'node:child_process';
import {renameSync, writeFileSync} from 'node:fs';

const [results, ...files] = process.argv.slice(2);
const base = process.env.ALCO_URL;
const only = new RegExp(process.env.ONLY ?? '');

// Waits until `check` gives something true; says what it was waiting for otherwise.
async function until(what, check) {
  const stop = Date.now() + 15000;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > stop) throw new Error(`waited in vain: ${what}`);
    await new Promise((next) => setTimeout(next, 25));
  }
}

const store = (index, events) => execFileSync('alco-index', ['-i', index, '-s', process.env.ALCO_STORE],
  {input: events.map((event) => `${JSON.stringify(event)}\n`).join(''), stdio: ['pipe', 'ignore', 'inherit']});

async function run(browser, test) {
  const context = await browser.newContext({viewport: {width: 1280, height: 760}, timezoneId: 'UTC', permissions: ['clipboard-read', 'clipboard-write']});
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  const complaints = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.stack));
  const open = async (query = '', index = 'shop') => {
    await page.goto(`${base}grep/${index}/${query}`);
    await page.locator('#list .row, .notice.empty').first().waitFor();
    await page.locator('#survey:not(.stale) #total b').waitFor();
  };
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  try {
    await test({page, base, folder: process.env.ALCO_STORE.slice('dir:'.length), complaints, open, press, store, until});
    return complaints.length ? `the page complained:\n${complaints.join('\n')}` : 'ok';
  } catch (error) {
    await page.screenshot({path: `${results}/failed.png`}).catch(() => {});
    return [error.stack, ...complaints].join('\n');
  } finally {
    await page.unrouteAll({behavior: 'ignoreErrors'});  // a request may still be on its way through a test's hands
    await context.close();
  }
}

const browser = await chromium.connectOverCDP(process.env.ALCO_CHROMIUM);
for (const file of files)
  for (const [name, test] of Object.entries((await import(`./${file}.mjs`)).default)) {
    if (!only.test(name)) continue;
    const begin = Date.now();
    writeFileSync(`${results}/.new`, `${await run(browser, test)}\n`);
    renameSync(`${results}/.new`, `${results}/${name}`);  // whole, or not there
    console.log(`${Date.now() - begin} ms: ${name}`);
  }
process.exit(0);
