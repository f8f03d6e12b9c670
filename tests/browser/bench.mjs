// Measures the page in the Chromium at $ALCO_CHROMIUM against the server at $ALCO_URL, on $ALCO_INDEX: see tests/bench/page.
import {chromium} from 'playwright-core';

const base = process.env.ALCO_URL, index = process.env.ALCO_INDEX, field = process.env.FIELD ?? 'levelname';
const runs = Number(process.env.RUNS ?? 10), lines = Number(process.env.LINES ?? 100000);
let missed = 0;

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
function report(name, value, limit, unit, rest = '') {
  const good = value < limit;
  if (!good) missed = 1;
  console.log(`${good ? 'ok  ' : 'MISS'} ${name}: ${value.toFixed(value < 10 ? 1 : 0)} ${unit} (limit ${limit} ${unit})${rest}`);
}
const times = (name, list) => report(name, median(list), 150, 'ms', `, worst ${Math.max(...list).toFixed(0)} ms of ${list.length}`);

// In the page: when were rows other than before painted? Long tasks, all of them.
function watch() {
  window.bench = {painted: 0, tasks: []};
  new PerformanceObserver((list) => { for (const {duration, startTime} of list.getEntries()) window.bench.tasks.push([duration, startTime]); }).observe({type: 'longtask', buffered: true});
  let shown = '';
  const ids = () => [...document.querySelectorAll('#list .row')].slice(-3).map((row) => row.dataset.id).join();
  const look = () => {
    if (window.bench.seen || !ids() || ids() === shown) return;
    window.bench.seen = true;
    requestAnimationFrame(() => setTimeout(() => { window.bench.painted = performance.now(); }));
  };
  document.addEventListener('DOMContentLoaded', () => {
    if (!document.getElementById('list')) return;
    new MutationObserver(look).observe(document.getElementById('list'), {childList: true, subtree: true});
    const survey = document.getElementById('survey'), fields = document.getElementById('fields');
    const note = () => { if (!document.querySelector('.stale')) window.bench.counted = performance.now(); };
    for (const place of [survey, fields]) new MutationObserver(note).observe(place, {attributes: true, subtree: true});
  });
  addEventListener('click', () => {
    shown = ids();
    Object.assign(window.bench, {clicked: performance.now(), painted: 0, seen: false});
  }, true);
}

const painted = (page) => page.waitForFunction(() => window.bench.painted).then((handle) => handle.jsonValue());
const counted = (page) => page.waitForFunction(() => document.querySelector('#survey:not(.stale) #total b')
  && !document.querySelector('.field.stale'), null, {timeout: 120000});

const browser = await chromium.connectOverCDP(process.env.ALCO_CHROMIUM);
const pause = (ms) => new Promise((next) => setTimeout(next, ms));

// A window of its own, at the list of indexes; a fresh one is busy with itself for a while.
async function newPage() {
  const context = await browser.newContext({viewport: {width: 1280, height: 800}, timezoneId: 'UTC'});
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  await page.addInitScript(watch);
  await page.goto(`${base}grep/`);
  await pause(1500);
  return page;
}

// From the navigation to the first lines on the screen. Nothing is asked of the page meanwhile: that would cost it time.
async function visit(page, query = '') {
  await page.goto(`${base}grep/${index}/${query}`, {waitUntil: 'commit'});
  await pause(1000);
  return painted(page);
}

const first = [], again = [], clicks = [], surveys = [];
for (let i = 0; i < runs; ++i) {
  const page = await newPage();
  first.push(await visit(page));
  await counted(page);
  await visit(page);  // from here on the browser has the modules compiled
  await counted(page);
  again.push(await visit(page));
  await counted(page);
  surveys.push(await page.evaluate(() => window.bench.counted));
  await page.context().close();
}
times('first lines after navigation, first visit', first);
times('first lines after navigation, page known', again);
console.log(`     all counts after navigation: median ${median(surveys).toFixed(0)} ms`);

const page = await newPage();
await visit(page);
await counted(page);
const values = page.locator('.field', {has: page.locator('h3 button', {hasText: new RegExp(`^${field}$`)})}).locator('.choice .main');
const names = await values.locator('.text').allTextContents();
for (const name of [...names, ...names].slice(0, Math.max(4, runs))) {
  await values.filter({has: page.locator('.text', {hasText: new RegExp(`^${name}$`)})}).click();
  const time = await painted(page);
  clicks.push(time - await page.evaluate(() => window.bench.clicked));
  await counted(page);
}
times('a click on a value to new lines', clicks);

// As fast as frames come, 700 px each, through so many lines.
await visit(page, '?order=desc');
await counted(page);
const scrolled = await page.evaluate(async (wanted) => {
  const list = document.getElementById('list'), frames = [];
  window.bench.tasks.length = 0;
  let seen = 0, last = '', still = 0;
  const begin = performance.now();
  let before = begin;
  while (seen < wanted && still < 600) {
    list.scrollTop += 700;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
    // What is counted must not cost what is measured: only rows that came since the last frame are looked at.
    const rows = list.querySelectorAll('.row');
    let i = rows.length - 1;
    const end = rows[i]?.dataset.id;
    for (; i >= 0 && rows[i].dataset.id !== last; --i) ++seen;
    still = end === last ? still + 1 : 0;
    last = end;
  }
  frames.sort((a, b) => a - b);
  return {seen, ms: performance.now() - begin, frames: [0.5, 0.99].map((share) => frames[Math.floor(frames.length * share)]), tasks: window.bench.tasks};
}, lines);
report(`longest task in a scroll of ${scrolled.seen} lines`, Math.max(0, ...scrolled.tasks.map(([duration]) => duration)), 50, 'ms',
  `, ${scrolled.tasks.length} in ${(scrolled.ms / 1000).toFixed(0)} s; frames: median ${scrolled.frames[0].toFixed(1)} ms, 99 % ${scrolled.frames[1].toFixed(1)} ms`);
const session = await page.context().newCDPSession(page);
await session.send('HeapProfiler.collectGarbage');
const {usedSize} = await session.send('Runtime.getHeapUsage');
report('heap after it', usedSize / 1e6, 80, 'MB');
process.exit(missed);
