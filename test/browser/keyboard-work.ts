import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { type Locator, type Page } from 'playwright-core';
import { z } from 'zod';
import { eventually } from '../town/waiting.ts';
import { type Judgement } from './judgement.ts';

/** Somebody logged in, who has a recorded call to work with. */
interface AtTheConsole {
  page: Page;
  judgement: Judgement;
  callId: string;
}

const MOST_TABS = 80;
const Proof = z.object({ outcome: z.string(), statements: z.array(z.object({ proof: z.string() })) });

/** Goes on from where the focus is until it is there, and presses Enter. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    if (await hasFocus(wanted)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key does not lead to ${wanted.toString()}`);
}

async function press(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
}

const hasFocus = (wanted: Locator) => wanted.evaluate((element) => element === element.ownerDocument.activeElement);

/** Marks the one call on the live board as harassment. The screen changes under the menu once a second. */
export async function markByKeyboard({ page, judgement }: Pick<AtTheConsole, 'page' | 'judgement'>): Promise<void> {
  const opener = page.getByRole('button', { name: /^操作/ });
  await press(page, opener);
  await page.getByRole('menu').waitFor();
  expect(await judgement.of(page, 'call-acts')).toEqual([]);
  expect(await hasFocus(page.getByRole('menuitem', { name: 'カスハラの印を付ける' }))).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByRole('row').getByText('カスハラ').waitFor();
  await page.getByText('カスハラの印を付けました。').waitFor();
  await eventually('the focus to be back where it was', () => hasFocus(opener));
}

/** The tests of what is done with recordings, every step of it by the keyboard alone. */
export function keyboardWork(at: () => Promise<AtTheConsole>): void {
  it('proves by keyboard what became of a recording', async () => {
    const { page, judgement, callId } = await at();
    await page.goto(`/calls/${callId}`);
    const opener = page.getByRole('button', { name: '録音の証明' });
    await press(page, opener);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('完全な録音が保存されました。').waitFor();
    expect(await judgement.of(page, 'proof')).toEqual([]);
    const downloading = page.waitForEvent('download');
    await press(page, dialog.getByRole('button', { name: '証明を保存' }));
    const saved = await (await downloading).path();
    const { outcome, statements } = Proof.parse(JSON.parse(await readFile(saved, 'utf8')));
    expect([outcome, statements[0]?.proof]).toEqual(['sealed', expect.stringContaining('c2sp.org/tlog-proof')]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await eventually('the focus to be back where it was', () => hasFocus(opener));
  });

  it('exports by keyboard', async () => {
    const { page, judgement } = await at();
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('Shift+Tab');
    await press(page, page.getByRole('button', { name: '書き出す' }));
    const dialog = page.getByRole('dialog');
    await tabTo(page, dialog.getByLabel('理由(必須)'));
    expect(await judgement.of(page, 'export')).toEqual([]);
    await page.keyboard.type('照会 第3号');
    await press(page, dialog.getByRole('button', { name: '書き出しを作成' }));
    const row = page.getByRole('row').filter({ hasText: '照会 第3号' });
    await row.filter({ hasText: 'ダウンロードできます' }).waitFor();
    expect(await judgement.of(page, 'exports')).toEqual([]);
    const downloading = page.waitForEvent('download');
    await press(page, row.getByRole('button', { name: 'ダウンロード' }));
    expect((await downloading).suggestedFilename()).toMatch(/\.zip$/);
    await row.filter({ hasText: '完了' }).waitFor();
  });

  it('reconciles recordings by keyboard', async () => {
    const { page, judgement } = await at();
    await press(page, page.getByRole('link', { name: '録音の照合' }));
    await page.getByRole('heading', { level: 1, name: '録音の照合' }).waitFor();
    await press(page, page.getByRole('button', { name: '確認だけ行う' }));
    await page.getByText('食い違いはありません。').waitFor();
    await page.getByRole('row').filter({ hasText: '管理者' }).filter({ hasText: '確認のみ' }).first().waitFor();
    expect(await judgement.of(page, 'reconciliations')).toEqual([]);
    await press(page, page.getByRole('button', { name: '整理まで行う' }));
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await judgement.of(page, 'tidying')).toEqual([]);
    await press(page, dialog.getByRole('button', { name: 'やめる' }));
    await dialog.waitFor({ state: 'detached' });
  });
}

/** The test of the last thing that is done with a recording. */
export function keyboardDeletion(at: () => Promise<AtTheConsole>): void {
  it('deletes by keyboard, and proves that and by which rule it was done', async () => {
    const { page, judgement, callId } = await at();
    await page.goto(`/calls/${callId}`);
    await press(page, page.getByRole('button', { name: '録音を削除' }));
    const dialog = page.getByRole('dialog');
    await tabTo(page, dialog.getByLabel('削除の理由(必須)'));
    expect(await judgement.of(page, 'deletion')).toEqual([]);
    await page.keyboard.type('誤って録音したため');
    await press(page, dialog.getByRole('button', { name: '録音を削除' }));
    await page.getByText('この録音は削除済みです。').waitFor();
    await page.getByText('手動(個別の削除)').waitFor();
    expect(await judgement.of(page, 'deleted')).toEqual([]);
    await press(page, page.getByRole('button', { name: '録音の証明' }));
    await dialog.getByText('録音が削除されました。').waitFor();
    expect(await judgement.of(page, 'proof-deleted')).toEqual([]);
    await page.keyboard.press('Escape');
  });
}
