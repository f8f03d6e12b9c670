// node run.mjs FILE "name of a test": runs one test in a fresh context of the Chromium at $ALCO_CHROMIUM, against the
// server at $ALCO_URL. Anything that the page says on its console, and any answer of the policy (CSP), fails the test.
import {chromium} from 'playwright-core';
import {execFileSync} from 'node:child_process';

const [file, name] = process.argv.slice(2);
const tests = (await import(`./${file}.mjs`)).default;
if (!tests[name]) throw new Error(`no test '${name}' in ${file}.mjs; there are: ${Object.keys(tests).join(', ')}`);

const limit = setTimeout(() => { console.error('the test took over 60 s'); process.exit(1); }, 60000);
const browser = await chromium.connectOverCDP(process.env.ALCO_CHROMIUM);
const context = await browser.newContext({viewport: {width: 1280, height: 760}, timezoneId: 'UTC', permissions: ['clipboard-read', 'clipboard-write']});
const page = await context.newPage();
page.setDefaultTimeout(10000);
const complaints = [];
page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
page.on('pageerror', (error) => complaints.push(error.stack));

const base = process.env.ALCO_URL;
let failed = null;
try {
  await tests[name]({
    page, context, base, complaints,
    open: async (query = '', index = 'shop') => {
      await page.goto(`${base}grep/${index}/${query}`);
      await page.locator('#list .row, .notice.empty').first().waitFor();
      await page.locator('#survey:not(.stale) #total b').waitFor();
    },
    press: async (...keys) => { for (const key of keys) await page.keyboard.press(key); },
    store: (index, events) => execFileSync('alco-index', ['-i', index, '-s', process.env.ALCO_STORE],
      {input: events.map((event) => JSON.stringify(event) + '\n').join(''), stdio: ['pipe', 'ignore', 'inherit']}),
    // Waits until `check` (run here) gives something true; says what it was waiting for otherwise.
    until: async (what, check) => {
      const stop = Date.now() + 8000;
      for (;;) {
        const value = await check();
        if (value) return value;
        if (Date.now() > stop) throw new Error(`waited in vain: ${what}`);
        await new Promise((next) => setTimeout(next, 25));
      }
    },
  });
  if (complaints.length) throw new Error(`the page complained:\n${complaints.join('\n')}`);
} catch (error) {
  failed = error;
  console.error(error.stack);
  if (process.env.BATS_TEST_TMPDIR) await page.screenshot({path: `${process.env.BATS_TEST_TMPDIR}/failed.png`}).catch(() => {});
}
await context.close();
clearTimeout(limit);
process.exit(failed ? 1 : 0);
