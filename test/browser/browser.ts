import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type RunningBox } from '../box.ts';

type Box = Pick<RunningBox, 'url' | 'home'>;

/** What Debian and Ubuntu call it, and what Google's own package does. */
const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const PATIENCE_MS = 10_000;

/** An office PC of some years ago, and the same screen enlarged to 200 %. */
export const SCREENS = { full: { width: 1366, height: 768 }, enlarged: { width: 683, height: 384 } } as const;

/** Somebody in front of the console. */
export interface Visitor {
  page: Page;
  /** What the browser has found fault with since last asked: errors and warnings, failed scripts, blocked content. */
  takeComplaints(): string[];
  close(): Promise<void>;
}

/** Starts a real browser that trusts this box's own key and nobody else's; without a box, no unknown key at all. */
export async function openBrowser(box?: Pick<Box, 'home'>): Promise<Browser> {
  const executablePath = EXECUTABLES.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error(`no browser is installed; looked for ${EXECUTABLES.join(', ')}`);
  return await chromium.launch({
    executablePath,
    // Without a locale of UTF-8 it gives up Japanese names of files, whatever the machine of the tests has.
    env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--mute-audio'],
      ...(box ? [`--ignore-certificate-errors-spki-list=${keyDigest(box.home)}`] : []),
    ],
  });
}

export async function visit(browser: Browser, box: Box): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: box.url,
    viewport: SCREENS.full,
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  listenForComplaints(context, complaints);
  const page = await context.newPage();
  return { page, takeComplaints: () => complaints.splice(0), close: async () => await context.close() };
}

/** What Chromium knows a key by: the SHA-256 of its SubjectPublicKeyInfo. */
function keyDigest(home: string): string {
  const { publicKey } = new X509Certificate(readFileSync(join(home, 'tls', 'server.crt')));
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}

/** Violations of the content security policy are errors in the console too. */
function listenForComplaints(context: BrowserContext, complaints: string[]): void {
  context.on('console', (message) => {
    const { url } = message.location();
    // Asking who is logged in is how the console finds out that nobody is; the browser calls every 401 an error.
    const nobody = url.endsWith('/api/v1/session') && message.text().includes('401');
    if (['error', 'warning'].includes(message.type()) && !nobody)
      complaints.push(`${message.type()}: ${message.text()} (${url})`);
  });
  context.on('weberror', (webError) => complaints.push(`script: ${webError.error().message}`));
}
