// Measures the pages of a running Muster with Chromium: node bench/Pages/pages.mjs URL EMAIL PASSWORD [SERVER-PID].
// Wants 'npm ci --prefix tests/EndToEnd/MixpanelClients' first. Prints one JSON object; times in milliseconds, bytes as transferred.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../tests/EndToEnd/MixpanelClients/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const [base, email, password, pid] = process.argv.slice(2);
const openPages = 50;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'] });

// Usable: the table of the page is there, which the server renders over the open connection.
const usable = (page) => page.getByRole('button', { name: /^Actions for / }).first().waitFor();

async function timed(act) {
  const started = performance.now();
  await act();
  return Math.round(performance.now() - started);
}

async function signedIn() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  const page = await context.newPage();
  let bytes = 0;
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
  session.on('Network.webSocketFrameReceived', (event) => (bytes += event.response.payloadData.length));
  await page.goto(`${base}/sign-in?returnUrl=/projects/1/integrations`);
  await page.fill('#email', email);
  await page.fill('#password', password);
  bytes = 0;
  const first = await timed(async () => {
    await page.click('button[type=submit]');
    await usable(page);
  });
  await page.waitForTimeout(500);
  return { context, page, first, bytes };
}

const memory = () => (pid ? Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024 : 0);

const cold = await signedIn();
const second = await signedIn();
const warm = [];
const within = [];
for (let i = 0; i < 10; i++) {
  warm.push(await timed(async () => {
    await second.page.reload({ waitUntil: 'commit' });
    await usable(second.page);
  }));
  within.push(await timed(async () => {
    await second.page.getByRole('link', { name: 'Cohorts', exact: true }).click();
    await second.page.getByRole('link', { name: 'Create cohort' }).waitFor();
    await second.page.getByRole('button', { name: /^Actions for / }).first().waitFor();
  }));
  await second.page.getByRole('link', { name: 'Integrations', exact: true }).click();
  await usable(second.page);
}

const before = memory();
const pages = [];
for (let i = 0; i < openPages; i++) {
  const page = await second.context.newPage();
  await page.goto(`${base}/projects/1/integrations`);
  await usable(page);
  pages.push(page);
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
console.log(JSON.stringify({
  firstAfterSignInMs: cold.first, firstBytes: cold.bytes, secondBrowserMs: second.first,
  reloadMedianMs: median(warm), linkMedianMs: median(within),
  openPages, serverMiBBefore: Math.round(before), serverMiBForThem: Math.round(memory() - before),
}));
await browser.close();
