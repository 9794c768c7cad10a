import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { type CallSummary } from '../../backend/src/calls/call.schema.ts';
import { type RunningBox, startBox } from '../box.ts';
import { OfficeApi } from '../town/office-api.ts';
import { OFFICE, officeDocument, REGISTERED_PHONES } from '../town/office.ts';
import { phonesRegistered } from '../town/scene.ts';
import { Town } from '../town/town.ts';
import { eventually, pause } from '../town/waiting.ts';
import { openBrowser, type Visitor, visit } from './browser.ts';
import { Judgement } from './judgement.ts';
import { keyboardDeletion, keyboardWork, markByKeyboard } from './keyboard-work.ts';
import { Outsider } from './offline-verifier.ts';
import { listenTo, playing } from './listening.ts';

const CALLER_HZ = 440;
const PHONE_HZ = 1000;
const NUMBER = '0901234567';
const SHOWN_NUMBER = /090-?123-?4567/;
const LENGTH_TOLERANCE_S = 0.2;

/** Part of an evidence package, place of one changed bit from 0 to 1, what the verifier has to say. */
const CHANGES: readonly [string, RegExp, string][] = [
  ['録音.flac', /^fLaC[^]{4000}/, '録音.flac の内容が変わっています'],
  ['manifest.json', /^[^]{200}/, 'manifest.json は、ログに記録されたものと一致しません'],
  ['recording.tlog-proof', /^index \d+\n/m, 'recording.tlog-proof の内容は、署名された操作記録ログに含まれていません'],
  ['recording.tlog-proof', /^\xe2\x80\x94 \S+ [^]{20}/m, 'recording.tlog-proof の署名が合いません'],
  ['公開鍵.txt', /\+[0-9a-f]{8}\+[^]{4}/, '公開鍵.txt が読み取れません'],
];

describe('an office at its console', () => {
  const judgement = new Judgement();
  let box: RunningBox;
  let oneTimePassword: string;
  let town: Town;
  let api: OfficeApi;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    console.info(`pictures of every screen: ${judgement.pictures}`);
    // As an operator who has chosen no password.
    box = await startBox({ DENWABAN_ADMIN_PASSWORD: '' });
    oneTimePassword = await eventually('the first log-in', () =>
      Promise.resolve(/first log-in admin \/ (\S+)/.exec(box.logs)?.[1]),
    );
    town = await Town.start({ box: { host: '127.0.0.1', port: box.sipPort }, phones: REGISTERED_PHONES });
    browser = await openBrowser(box);
    visitor = await visit(browser, box);
    page = visitor.page;
  });

  afterAll(async () => {
    await browser.close();
    await town.stop();
    await box.stop();
  });

  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });
  const row = (text: string | RegExp) => page.getByRole('row').filter({ hasText: text });

  it('asks for the log-in, and says what was wrong without saying which part', async () => {
    await page.goto('/');
    await heading('ログイン').waitFor();
    expect(await judgement.of(page, 'log-in')).toEqual([]);
    await logIn('not the password at all');
    await page.getByRole('alert').waitFor();
    expect(await judgement.of(page, 'log-in-refused')).toEqual([]);
  });

  it('lets the first administrator in with the one-time password, and no further before it is changed', async () => {
    await logIn(oneTimePassword);
    await heading('パスワードの変更').waitFor();
    expect(await judgement.of(page, 'password')).toEqual([]);
    await page.goto('/calls');
    await heading('パスワードの変更').waitFor();
    await page.getByLabel('現在のパスワード', { exact: true }).fill(oneTimePassword);
    await page.getByLabel('新しいパスワード', { exact: true }).fill(OfficeApi.password);
    await page.getByLabel('新しいパスワード(確認)', { exact: true }).fill(OfficeApi.password);
    await page.getByRole('button', { name: 'パスワードを変更' }).click();
    await page.getByText('パスワードを変更しました。').waitFor();
    await page.getByRole('link', { name: '最初の画面に進む' }).click();
  });

  it('says that there are no calls yet, and what to do', async () => {
    await heading('通話一覧').waitFor();
    await page.getByRole('heading', { name: 'まだ通話がありません' }).waitFor();
    expect(await judgement.of(page, 'list-empty')).toEqual([]);
  });

  it('shows a call in the list and on the live board while it lasts', async () => {
    api = new OfficeApi(box);
    await api.logIn();
    await api.configure(officeDocument(town));
    await phonesRegistered(town);
    const phone = town.phone('201').willAnswer({ afterMs: 600, says: { tone: PHONE_HZ } });
    const caller = await town.call({ from: NUMBER, to: OFFICE.citizens, says: { tone: CALLER_HZ } });

    await page.getByRole('button', { name: '新しい通話が1件あります。表示する' }).click();
    await row(SHOWN_NUMBER).waitFor();
    await page.getByRole('link', { name: /^通話中/ }).click();
    const live = row(SHOWN_NUMBER);
    await live.filter({ hasText: '市民課直通' }).filter({ hasText: '録音中' }).waitFor();
    await (await phone.rung()).answered();
    await live.filter({ hasText: '通話中' }).waitFor();
    expect(await judgement.of(page, 'live')).toEqual([]);
    await markByKeyboard({ page, judgement });

    // Long enough to be jumped about in.
    await pause(6000);
    await caller.hangUp();
    await live.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: '終わったばかりの通話' }).waitFor();
    expect(await judgement.of(page, 'live-ended')).toEqual([]);
  });

  it('finds the call by a part of its number, and says so when there is none', async () => {
    await api.filedCall(NUMBER);
    await page.getByRole('link', { name: '通話一覧' }).click();
    await search('0000');
    await page.getByRole('heading', { name: '条件に合う通話は見つかりませんでした' }).waitFor();
    expect(await judgement.of(page, 'list-not-found')).toEqual([]);
    await search('12-34');
    await row(SHOWN_NUMBER).filter({ hasText: '応答' }).waitFor();
    expect(await judgement.of(page, 'list')).toEqual([]);
  });

  it('opens the call and tells its length as the town has it', async () => {
    await row(SHOWN_NUMBER).getByRole('link').click();
    await heading('通話の詳細').waitFor();
    await page.locator('dw-waveform canvas').first().waitFor();
    expect(await judgement.of(page, 'call')).toEqual([]);
    const wholeS = Number(await page.getByRole('slider', { name: '再生位置' }).getAttribute('aria-valuemax'));
    expect(Math.abs(lengthS(await api.filedCall(NUMBER)) - wholeS)).toBeLessThan(1 + LENGTH_TOLERANCE_S);
  });

  it('plays the recording: the caller on the left, the phone on the right', async () => {
    await page.getByRole('button', { name: '再生', exact: true }).click();
    const first = await playing(page);
    await positionAfter(first.positionS + 0.3);
    const { durationS } = await playing(page);
    expect(Math.abs(durationS - lengthS(await api.filedCall(NUMBER)))).toBeLessThan(LENGTH_TOLERANCE_S);
    // The last seconds are conversation, whatever the announcement took.
    await page.getByRole('slider', { name: '再生位置' }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    if ((await playing(page)).paused) await page.getByRole('button', { name: '再生', exact: true }).click();
    await eventually('the recording to play', async () => !(await playing(page)).paused);
    const [left, right] = await listenTo(page, [PHONE_HZ, CALLER_HZ]);
    expect(Math.abs(left.loudestHz - CALLER_HZ)).toBeLessThan(6);
    expect(Math.abs(right.loudestHz - PHONE_HZ)).toBeLessThan(6);
    expect(left.levelDb).toBeGreaterThan(-40);
    expect(right.levelDb).toBeGreaterThan(-40);
    expect(left.levelDb - left.askedDb).toBeGreaterThan(40);
    expect(right.levelDb - right.askedDb).toBeGreaterThan(40);
    await page.getByRole('button', { name: '一時停止' }).click();
  });

  it('plays the side that is chosen, and another one after it, and lists what stands out', async () => {
    await page.getByRole('slider', { name: '再生位置' }).focus();
    await page.keyboard.press('Home');
    await page.getByRole('button', { name: '再生', exact: true }).click();
    for (const [side, query] of [
      ['職員側', 'side=right'],
      ['相手側', 'side=left'],
    ] as const) {
      const asked = page.waitForRequest((request) => request.url().endsWith(`/audio?${query}`));
      await page.getByRole('radio', { name: side, exact: true }).check();
      await asked;
      const { positionS } = await playing(page);
      await positionAfter(positionS + 0.2);
      await page.getByRole('button', { name: '一時停止' }).waitFor();
    }
    for (const { loudestHz } of await listenTo(page, [CALLER_HZ, CALLER_HZ]))
      expect(Math.abs(loudestHz - CALLER_HZ)).toBeLessThan(6);
    await page.getByRole('button', { name: '一時停止' }).click();
    await page.getByRole('radio', { name: '両方', exact: true }).check();
    await page.getByText(/^沈黙・被り・大声など/).click();
    await page.getByRole('listitem').filter({ hasText: '被り(同時に話している)' }).first().waitFor();
    expect(await judgement.of(page, 'call-tracks')).toEqual([]);
  });

  it('jumps by keyboard, on the slider and anywhere on the page', async () => {
    const slider = page.getByRole('slider', { name: '再生位置' });
    await slider.focus();
    await page.keyboard.press('Home');
    await eventually('the beginning', async () => (await playing(page)).positionS === 0);
    await page.keyboard.press('ArrowRight');
    await eventually('5 s later', async () => Math.abs((await playing(page)).positionS - 5) < 0.05);
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^0?5秒/);
    await heading('通話の詳細').focus();
    await page.keyboard.press('k');
    await eventually('the recording to play', async () => !(await playing(page)).paused);
    await positionAfter(5.2);
    await page.keyboard.press('k');
    await eventually('the recording to pause', async () => (await playing(page)).paused);
    await page.keyboard.press('j');
    await eventually('the beginning', async () => (await playing(page)).positionS === 0);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await judgement.of(page, 'shortcuts')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('hands the call out as evidence, which an outsider with no network finds correct, and no changed bit passes', async () => {
    // Its key has a fingerprint to tell once something is signed.
    await api.call('POST', '/audit/checkpoint');
    await page.getByRole('button', { name: '証拠一式を作成' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('この装置の鍵の指紋').waitFor();
    expect(await judgement.of(page, 'evidence')).toEqual([]);
    await dialog.getByLabel('作成の理由(必須)').fill('情報公開請求 第12号');
    const downloading = page.waitForEvent('download');
    await dialog.getByRole('button', { name: '作成して保存' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^証拠一式_\d{8}_\d{6}_[0-9a-f]{8}\.zip$/);
    await dialog.getByText('証拠一式を保存しました。').waitFor();
    expect(await judgement.of(page, 'evidence-saved')).toEqual([]);
    const fingerprint = /(?:[0-9A-F]{4} ){15}[0-9A-F]{4}/.exec(await dialog.innerText())?.[0] ?? 'none';
    await dialog.getByRole('button', { name: '閉じる' }).click();

    const zip = await readFile(await download.path());
    const unpacked = await mkdtemp(join(tmpdir(), 'denwaban-evidence-'));
    const outsider = await Outsider.with(browser, zip, unpacked);
    expect(await outsider.verdictOnArchive(zip)).toBe('正しい');
    expect(await judgement.of(outsider.page, 'verifier-correct')).toEqual([]);
    expect(await outsider.page.locator('.fingerprint').innerText()).toBe(fingerprint);
    for (const text of [NUMBER, '情報公開請求 第12号']) await outsider.page.getByText(text).first().waitFor();
    for (const [name, before, named] of CHANGES) {
      expect(await outsider.verdictOnChanged(name, before)).toBe('正しくありません');
      expect(await outsider.page.locator('.findings li').allInnerTexts()).toEqual([expect.stringContaining(named)]);
    }
    expect(await judgement.of(outsider.page, 'verifier-refused')).toEqual([]);
    expect(outsider.complaints).toEqual([]);
    await outsider.page.context().close();
    await rm(unpacked, { recursive: true });
  });

  const atTheConsole = async () => ({ page, judgement, callId: (await api.filedCall(NUMBER)).id });

  keyboardWork(atTheConsole);

  it('shows how the box is, and every other screen, without barriers', async () => {
    await page.getByRole('link', { name: /^稼働状況/ }).click();
    await page.getByRole('heading', { name: '装置の各部' }).waitFor();
    expect(await judgement.of(page, 'health')).toEqual([]);
    await page.getByRole('button', { name: /の個人メニュー/ }).click();
    await page.getByRole('menu').waitFor();
    expect(await judgement.of(page, 'menu')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.goto('/notices');
    await heading('告知').waitFor();
    await page.locator('dw-skeleton').waitFor({ state: 'detached' });
    expect(await judgement.of(page, 'notices')).toEqual([]);
    await page.goto('/phones');
    await page.getByRole('row').filter({ hasText: '登録済み' }).first().waitFor();
    expect(await judgement.of(page, 'phones')).toEqual([]);
    await page.getByRole('link', { name: '設定値を見る' }).first().click();
    await heading('電話機の設定値').waitFor();
    await page.getByText('入力する値').waitFor();
    expect(await judgement.of(page, 'phone-settings')).toEqual([]);
    await page.goto('/no-such-screen');
    await heading('ページが見つかりません').waitFor();
    expect(await judgement.of(page, 'not-found')).toEqual([]);
  });

  it('speaks English as well', async () => {
    const { id } = await api.filedCall(NUMBER);
    const screens = {
      ...{ calls: 'Calls', [`calls/${id}`]: 'Call', live: 'Live', exports: 'Exports' },
      ...{ notices: 'Notices', reconciliations: 'Reconciliation', health: 'Health', password: 'password' },
    };
    for (const [path, title] of Object.entries(screens)) {
      await page.goto(`/en/${path}`);
      await heading(new RegExp(title, 'i')).waitFor();
      await page.locator('dw-skeleton').waitFor({ state: 'detached' });
      expect(await page.locator('html').getAttribute('lang')).toMatch(/^en/);
      expect(await judgement.of(page, `en-${path.replace(/\/.*/, '-detail')}`)).toEqual([]);
    }
  });

  keyboardDeletion(atTheConsole);

  it('lets people out again', async () => {
    await page.goto('/calls');
    await page.getByRole('button', { name: /の個人メニュー/ }).click();
    await page.getByRole('menuitem', { name: 'ログアウト' }).click();
    await heading('ログイン').waitFor();
    await page.goto('/en/log-in');
    await heading('Log in').waitFor();
    expect(await judgement.of(page, 'en-log-in')).toEqual([]);
  });

  it('never made the browser complain', () => {
    expect(visitor.takeComplaints()).toEqual([]);
  });

  const lengthS = ({ startedAt, endedAt }: CallSummary) => (Date.parse(endedAt ?? '') - Date.parse(startedAt)) / 1000;

  async function logIn(password: string): Promise<void> {
    await page.getByLabel('ログインID').fill('admin');
    await page.getByLabel('パスワード', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'ログイン' }).click();
  }

  async function search(number: string): Promise<void> {
    await page.getByLabel('相手の電話番号').fill(number);
    await page.getByRole('button', { name: '検索', exact: true }).click();
  }

  async function positionAfter(seconds: number): Promise<void> {
    await eventually(`playing to go past ${seconds} s`, async () => (await playing(page)).positionS > seconds);
  }
});

describe('the judgement of screens', () => {
  it('finds what it looks for', async () => {
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      await page.setContent('<title>a</title><img src="data:,"><div style="width:2000px">wide</div>');
      const faults = (await new Judgement().of(page, 'bad')).join('\n');
      expect(faults).toContain('image-alt');
      expect(faults).toContain('px wider than the screen');
    } finally {
      await browser.close();
    }
  });
});
