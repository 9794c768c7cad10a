/**
 * Makes the picture of the README, console/screenshots/call.png, from a call of the demonstration, which must be running:
 *
 *   npm run demo
 *   node test/browser/picture.ts [address] [home]      # with the pinned Node 24
 *
 * The address is that of the demo's console, https://127.0.0.1:8443 by default; the home ./.denwaban-demo.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { project } from '../../provisioning/project.ts';
import { OfficeApi } from '../town/office-api.ts';
import { eventually } from '../town/waiting.ts';
import { openBrowser, visit } from './browser.ts';
import { playing } from './listening.ts';

/** A call between a citizen and 市民課 that everything went well in. */
const CALLER = '09000001234';

const [url = 'https://127.0.0.1:8443', home = resolve('.denwaban-demo')] = process.argv.slice(2);
const password = readFileSync(join(home, 'demo-password'), 'utf8');
const file = join(project.console, 'screenshots', 'call.png');

const api = new OfficeApi({ url, ca: readFileSync(join(home, 'tls', 'ca.crt'), 'utf8') });
await api.logIn(password);
const { id } = await api.filedCall(CALLER);
const browser = await openBrowser({ home });
try {
  const { page } = await visit(browser, { url, home });
  await page.goto(`/calls/${id}`);
  await page.getByLabel('ログインID').fill('admin');
  await page.getByLabel('パスワード', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'ログイン' }).click();
  await page.locator('dw-waveform canvas').first().waitFor();
  // As somebody sees it who has listened to a part.
  await page.getByRole('slider', { name: '再生位置' }).focus();
  for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: '再生', exact: true }).click();
  await eventually('the recording to play', async () => (await playing(page)).positionS > 16);
  await page.getByRole('button', { name: '一時停止' }).click();
  mkdirSync(dirname(file), { recursive: true });
  await page.screenshot({ path: file });
} finally {
  await browser.close();
}
console.info(file);
