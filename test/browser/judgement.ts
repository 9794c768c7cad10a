/// <reference lib="dom" />
import axe from 'axe-core';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page } from 'playwright-core';
import { SCREENS } from './browser.ts';

/** WCAG 2.2, level AA, which JIS X 8341-3 follows, as far as a machine can judge it. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Looks at screens as they are shown, and keeps a picture of each. */
export class Judgement {
  readonly pictures = mkdtempSync(join(tmpdir(), 'denwaban-screens-'));

  /** @returns what is wrong with the screen at either size, in words; nothing when all is well */
  async of(page: Page, name: string): Promise<string[]> {
    const faults: string[] = [];
    for (const [size, viewport] of Object.entries(SCREENS)) {
      await page.setViewportSize(viewport);
      await page.screenshot({ path: join(this.pictures, `${name}-${size}.png`), fullPage: true });
      const found = [...(await barriers(page)), ...(await hiddenAtTheSide(page))];
      faults.push(...found.map((fault) => `${name}, ${size}: ${fault}`));
    }
    await page.setViewportSize(SCREENS.full);
    return faults;
  }
}

async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async (rules) => {
    const judge = (window as unknown as { axe: typeof axe }).axe;
    // Preloading copies style sheets into the page, which its content security policy refuses, and says so.
    const { violations } = await judge.run(document, { runOnly: rules, preload: false });
    return violations.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ html }) => html).join(' | ')}`);
  }, RULES);
}

/** Reading must never need scrolling in two directions (WCAG 1.4.10). */
async function hiddenAtTheSide(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`the page is ${scrollWidth - clientWidth} px wider than the screen`] : [];
  });
}
