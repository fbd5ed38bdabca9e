// Drives Muster with Mixpanel's own browser SDK on a page of another origin: node browser.mjs URL TOKEN CHROMIUM.
// Prints one JSON line: { calls: [{ name, error }], console: [texts], requests: [{ method, path, type, status }], beacons: [texts] }.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [url, token, executablePath] = process.argv.slice(2);
const sdk = path.join(path.dirname(createRequire(import.meta.url).resolve('mixpanel-browser/package.json')), 'dist', 'mixpanel.umd.js');

// 'localhost' is another origin than the address that Muster is called by.
const pages = http.createServer((request, response) => {
  const script = request.url === '/mixpanel.js';
  response.writeHead(200, { 'Content-Type': script ? 'text/javascript' : 'text/html; charset=utf-8' });
  response.end(script ? fs.readFileSync(sdk) : '<!doctype html><title>A page</title><link rel="icon" href="data:,"><script src="/mixpanel.js"></script>');
});
await new Promise((resolve) => pages.listen(0, 'localhost', resolve));
const page_url = `http://localhost:${pages.address().port}/`;

const calls = [];
const texts = [];
const requests = [];
const beacons = [];
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

// A page of its own for each configuration: the SDK keeps its ids and its queue in the page's storage.
async function visit(name, config, run, ...more) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('console', (message) => texts.push(`${name}: ${message.text()}`));
  page.on('pageerror', (error) => texts.push(`${name}: ${error}`));
  context.on('request', (request) => {
    if (request.url().startsWith(url) && request.resourceType() === 'ping') {
      beacons.push(`${name}: ${request.method()} ${new URL(request.url()).pathname} ${request.headers()['content-type']}`);
    }
  });
  context.on('requestfinished', async (request) => {
    if (request.url().startsWith(url)) {
      const answer = await request.response().catch(() => null);
      requests.push({ name, method: request.method(), path: new URL(request.url()).pathname, type: request.headers()['content-type'] ?? '', status: answer?.status() ?? 0 });
    }
  });
  context.on('requestfailed', (request) => {
    // What the page was left in the middle of is aborted; a broken rule of origins is not.
    if (request.url().startsWith(url) && request.resourceType() !== 'ping' && request.failure()?.errorText !== 'net::ERR_ABORTED') {
      texts.push(`${name}: ${request.method()} ${request.url().split('?')[0]} failed: ${request.failure()?.errorText}`);
    }
  });
  try {
    await page.goto(page_url);
    const answers = await page.evaluate(run, { token, config: { api_host: url.replace(/\/$/, ''), track_pageview: false, ...config }, more });
    calls.push({ name, error: answers === 'ok' ? null : JSON.stringify(answers) });
    await page.goto('about:blank');

    // Nothing says when a beacon has arrived.
    await page.waitForTimeout(beacons.some((beacon) => beacon.startsWith(`${name}:`)) ? 3000 : 300);
  } catch (error) {
    calls.push({ name, error: String(error) });
  }
  await context.close();
}

const people_and_groups = async ({ token, config }) => {
  mixpanel.init(token, { ...config, batch_requests: false });
  const told = [];
  const call = (run) => new Promise((resolve) => { run((answer) => { told.push(answer); resolve(); }); });
  await call((done) => mixpanel.track('Browser Unbatched', { text: 'Grüße 🙂 >>>???', long: `${'x'.repeat(254)}🙂` }, done));
  mixpanel.identify('browser-person');
  await call((done) => mixpanel.people.set({ $email: 'browser@example.com', when: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)), bad: 1 }, done));
  await call((done) => mixpanel.people.set_once('first', '🙂', done));
  await call((done) => mixpanel.people.increment('logins', 3, done));
  await call((done) => mixpanel.people.append('seen', 'a', done));
  await call((done) => mixpanel.people.union('tags', ['x', 'y'], done));
  await call((done) => mixpanel.people.remove('tags', 'y', done));
  await call((done) => mixpanel.people.unset('bad', done));
  const group = mixpanel.get_group('company', 'Browser Inc');
  await call((done) => group.set({ plan: 'pro', bad: 1 }, done));
  await call((done) => group.union('tags', ['x'], done));
  await call((done) => group.unset('bad', done));
  return told.every((answer) => answer === 1 || answer?.status === 1) ? 'ok' : told;
};

const batched = ({ token, config }) => new Promise((resolve) => {
  mixpanel.init(token, { ...config, batch_flush_interval_ms: 200 });
  for (let i = 0; i < 70; i++) {
    mixpanel.track('Browser Batched', { i, text: '🙂>>>???' });
  }
  setTimeout(() => resolve('ok'), 2500);
});

// The SDK queues an event behind a lock on the page's storage, so a moment passes before it is its to send.
const leaving = ({ token, config }) => new Promise((resolve) => {
  mixpanel.init(token, { ...config, batch_flush_interval_ms: 600000 });
  mixpanel.track('Browser Left', { text: 'Grüße 🙂' });
  mixpanel.track('Browser Left', { text: 'again' });
  setTimeout(() => resolve('ok'), 1000);
});

const called = ({ token, config, more }) => new Promise((resolve) => {
  mixpanel.init(token, { ...config, batch_requests: false });
  mixpanel.track(more[0], { text: 'Grüße 🙂 >>>???' }, more[1] ?? {}, (answer) => resolve(answer === 1 || answer?.status === 1 ? 'ok' : answer));
});

const aliased = ({ token, config }) => new Promise((resolve) => {
  mixpanel.init(token, { ...config, batch_requests: false });
  mixpanel.alias('browser-alias');
  mixpanel.set_group('company', ['Browser Inc']);
  setTimeout(() => mixpanel.track('Browser Aliased', {}, (answer) => resolve(answer === 1 || answer?.status === 1 ? 'ok' : answer)), 500);
});

const pixel = ({ token, config }) => new Promise((resolve) => {
  const image = new Image();
  image.onload = () => resolve('ok');
  image.onerror = () => resolve('the image did not load');
  image.src = `${config.api_host}/track?img=1&data=${btoa(JSON.stringify({ event: 'Browser Pixel', properties: { token, distinct_id: 'pixel' } }))}`;
});

await visit('unbatched, people and groups', {}, people_and_groups);
await visit('batched', {}, batched);
await visit('left', {}, leaving);
await visit('plain JSON', { api_payload_format: 'json' }, called, 'Browser JSON');
await visit('GET', { api_method: 'GET' }, called, 'Browser GET');
await visit('own headers', { xhr_headers: { 'X-Mine': '1' } }, called, 'Browser Headers');
await visit('verbose', { verbose: true }, called, 'Browser Verbose');
await visit('beacon', {}, called, 'Browser Beacon', { transport: 'sendBeacon', send_immediately: true });
await visit('alias and group', {}, aliased);
await visit('pixel', {}, pixel);

await browser.close();
pages.closeAllConnections();
pages.close();
console.log(JSON.stringify({ calls, console: texts, requests, beacons }));
