// Makes the pictures of the guides from a running demo: node docs/images/pages.mjs URL EMAIL PASSWORD.
// Wants 'npm ci --prefix tests/EndToEnd/MixpanelClients' first.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../tests/EndToEnd/MixpanelClients/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const [base, email, password] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
const page = await context.newPage();
await page.goto(`${base}/sign-in`);
await page.fill('#email', email);
await page.fill('#password', password);
await page.click('button[type=submit]');
await page.waitForSelector('.shell h1');

async function picture(name, path, shows) {
  await page.goto(`${base}/projects/1${path}`);
  await page.getByText(shows).first().waitFor();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: new URL(`page-${name}.png`, import.meta.url).pathname });
}

await picture('integrations', '/integrations', 'Exported cohorts');
await picture('cohort', '/cohorts/2', 'For example');
await picture('run', '/runs/1', 'What became of the members');
await picture('usage', '/usage', 'qualifying events');
await browser.close();
