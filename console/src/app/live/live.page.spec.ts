import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CallSummary, type LiveCall } from '../api/generated/models.ts';
import { FakeEventSource } from '../../testing/fake-event-source.ts';
import { aCall, aLiveCall } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { Session } from '../session/session.ts';
import { LiveCalls } from './live-calls.ts';
import { LivePage } from './live.page.ts';

const LIVE = '/api/v1/calls/live';

describe('the live board', () => {
  let fixture: ComponentFixture<LivePage>;
  let page: HTMLElement;
  let http: HttpTestingController;

  beforeEach(async () => {
    TestBed.configureTestingModule({ providers: consoleForTests() });
    http = TestBed.inject(HttpTestingController);
    TestBed.inject(LiveCalls).start();
    fixture = TestBed.createComponent(LivePage);
    page = fixture.nativeElement as HTMLElement;
    await settle();
  });

  afterEach(() => {
    fixture.destroy();
    TestBed.inject(LiveCalls).stop();
    localStorage.clear();
    http.verify();
  });

  async function stand(...calls: CallSummary[]): Promise<void> {
    FakeEventSource.newest.stand();
    http.expectOne(LIVE).flush({ calls });
    await settle();
  }
  async function tell(call: CallSummary | LiveCall): Promise<void> {
    FakeEventSource.newest.tell('call', call);
    await settle();
  }
  const spoken = () => page.querySelector('.visually-hidden[role=status]')?.textContent ?? '';

  it('says that it is connecting, then that it is up to date', async () => {
    expect(page.textContent).toContain('接続しています');
    await stand();
    expect(page.textContent).toContain('最新の状態を受信中');
    expect(page.textContent).toContain('いま通話はありません');
  });

  it('shows each call with its state, how long it lasts, and that it is being recorded', async () => {
    await stand(aLiveCall(1, { startedAt: new Date(Date.now() - 3_725_900).toISOString() }));
    const row = page.querySelector('tbody tr')?.textContent ?? '';
    for (const fact of ['通話中', '1:02:05', '090-1234-5678', '市民課1', '録音中']) expect(row).toContain(fact);
  });

  it('alarms when a call is not being recorded', async () => {
    await stand(aLiveCall(1));
    expect(page.querySelector('[role=alert]')).toBeNull();
    await tell(aLiveCall(1, { recorder: 'stalled' }));
    expect(page.querySelector('[role=alert]')?.textContent).toContain('録音されていない通話があります');
    expect(spoken()).toContain('録音されていない通話が1件あります');
  });

  it('shows that a call is marked as harassment, is parked, or may be ended, as long as that holds', async () => {
    const row = () => page.querySelector('tbody tr')?.textContent ?? '';
    await stand(aLiveCall(1));
    for (const sign of ['カスハラ', '番に保留', '終了の準備中 あと']) expect(row()).not.toContain(sign);
    const endingArmedUntil = new Date(Date.now() + 30_000).toISOString();
    await tell({ ...aLiveCall(1), marked: true, parkedAt: '3', endingArmedUntil });
    for (const sign of ['カスハラ', '3番に保留', '終了の準備中 あと']) expect(row()).toContain(sign);
    await tell({ ...aLiveCall(1), endingArmedUntil: new Date(Date.now() - 1000).toISOString() });
    for (const sign of ['カスハラ', '番に保留', '終了の準備中 あと']) expect(row()).not.toContain(sign);
  });

  it('keeps the focus on the menu of a call that changes, and gives it to the heading when that call ends', async () => {
    document.body.append(page);
    TestBed.inject(Session).can = () => true;
    await stand(aLiveCall(1), aLiveCall(2));
    const opener = page.querySelector<HTMLElement>('tbody tr:last-child dw-call-act-menu button');
    opener?.focus();
    expect(opener?.textContent).toContain('操作');
    await tell(aLiveCall(1, { marked: true, parkedAt: '3' }));
    expect(document.activeElement).toBe(opener);
    await tell(aCall(1));
    expect(document.activeElement).toBe(page.querySelector('h1'));
  });

  it('closes the menu of a call that ends, and gives the focus to the heading', async () => {
    document.body.append(page);
    TestBed.inject(Session).can = () => true;
    await stand(aLiveCall(1));
    page.querySelector<HTMLElement>('dw-call-act-menu button')?.click();
    await settle();
    expect(document.querySelector('[role=menu]')?.contains(document.activeElement)).toBe(true);
    await tell(aCall(1));
    expect(document.querySelector('[role=menu]')).toBeNull();
    expect(document.activeElement).toBe(page.querySelector('h1'));
  });

  it('speaks of calls that begin and end, unless quiet was chosen', async () => {
    await stand();
    expect(spoken()).toBe('');
    await tell(aLiveCall(1));
    expect(spoken()).toBe('通話が1件始まりました。いま1件です。');
    page.querySelector<HTMLInputElement>('input[type=checkbox]')?.click();
    await settle();
    await tell(aLiveCall(2));
    expect(spoken()).toBe('通話が1件始まりました。いま1件です。');
    expect(page.querySelectorAll('tbody tr')).toHaveLength(2);
  });

  it('keeps what it knows when the connection is lost, and says that it is old', async () => {
    await stand(aLiveCall(1));
    FakeEventSource.newest.fail();
    http.expectOne(LIVE).error(new ProgressEvent('error'));
    await settle();
    expect(page.textContent).toContain('接続が切れました');
    expect(page.textContent).toContain('表示は最新ではありません');
    expect(page.querySelectorAll('tbody tr')).toHaveLength(1);
  });

  it('leads from a call that has just ended to its detail', async () => {
    await stand(aLiveCall(1));
    await tell(aCall(1));
    const ended = page.querySelector('.ended');
    expect(ended?.textContent).toContain('応答');
    expect(ended?.querySelector('a')?.getAttribute('href')).toBe(`/calls/${aCall(1).id}`);
  });

  it('says why nothing can be shown', async () => {
    FakeEventSource.newest.stand();
    http.expectOne(LIVE).flush(failureBody('database-down'), { status: 503, statusText: 'down' });
    await settle();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('データベースに接続できません');
  });
});
