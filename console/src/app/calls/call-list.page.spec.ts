import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CallSummary } from '../api/generated/models.ts';
import { EventStream } from '../live/event-stream.ts';
import { find, findButton } from '../../testing/dom.ts';
import { FakeEventSource } from '../../testing/fake-event-source.ts';
import { aCall, aLiveCall, aRecording, idOf } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { CallListPage } from './call-list.page.ts';

const SEARCH = '/api/v1/calls/search';

describe('the list of calls', () => {
  let fixture: ComponentFixture<CallListPage>;
  let page: HTMLElement;
  let http: HttpTestingController;

  beforeEach(async () => {
    TestBed.configureTestingModule({ providers: consoleForTests() });
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(CallListPage);
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    await settle();
  });

  afterEach(() => {
    http.verify();
    fixture.destroy();
  });

  const asked = (): TestRequest => http.expectOne(SEARCH);
  async function answer(request: TestRequest, calls: CallSummary[], nextCursor: string | null = null): Promise<void> {
    request.flush({ calls, nextCursor });
    await settle();
  }
  const rows = () => [...page.querySelectorAll('tbody tr')].map((row) => row.textContent.replace(/\s+/g, ' ').trim());
  const button = (label: string) => findButton(page, label);
  async function press(label: string): Promise<void> {
    button(label).click();
    await settle();
  }
  async function type(id: string, value: string): Promise<void> {
    const input = find(page, HTMLInputElement, `#${id}`);
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await settle();
  }
  async function send(): Promise<void> {
    page.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();
  }

  it('shows that it is loading, then every fact of a call in the words of the office', async () => {
    expect(page.querySelector('dw-skeleton')).not.toBeNull();
    await answer(asked(), [aCall(0, { recording: aRecording(0, { completeness: 'partial', reason: 'interrupted' }) })]);
    expect(page.querySelector('dw-skeleton')).toBeNull();
    for (const fact of [
      '令和8年11月21日(土) 9:05',
      '着信',
      '090-1234-5678',
      '代表',
      '市民課',
      '市民課1',
      '応答',
      '4分4秒',
    ]) {
      expect(rows()[0]).toContain(fact);
    }
    expect(rows()[0]).toContain('一部欠け');
    expect(rows()[0]).toContain('途中で停止');
    expect(page.querySelector('tbody a')?.getAttribute('href')).toBe(`/calls/${idOf(0)}`);
  });

  it.each([
    ['withheld', '非通知'],
    ['payphone', '公衆電話'],
    ['unavailable', '表示圏外'],
  ] as const)('says why there is no number: %s', async (presentation, words) => {
    await answer(asked(), [aCall(0, { number: null, presentation })]);
    expect(rows()[0]).toContain(words);
  });

  it('says what to do when there are no calls at all, and something else when none was found', async () => {
    await answer(asked(), []);
    expect(page.textContent).toContain('まだ通話がありません');
    await type('search-number', '9999');
    await send();
    await answer(asked(), []);
    expect(page.textContent).toContain('条件に合う通話は見つかりませんでした');
    expect(page.textContent).not.toContain('まだ通話がありません');
  });

  it('sends the number folded in the body, never in the address', async () => {
    await answer(asked(), [aCall(0)]);
    await type('search-number', '０９０−１２３４');
    await send();
    const request = asked();
    expect(request.request.urlWithParams).toBe(SEARCH);
    expect(request.request.body).toEqual({ number: '0901234', limit: 50 });
    await answer(request, []);
  });

  it('refuses a number without digits at the field and asks nobody', async () => {
    await answer(asked(), [aCall(0)]);
    await type('search-number', '山田');
    await send();
    expect(page.querySelector('#search-number')?.getAttribute('aria-invalid')).toBe('true');
    expect(page.textContent).toContain('電話番号は数字で入力してください');
    expect(rows()).toHaveLength(1);
  });

  it('searches a chosen period at once, and typed dates when they are sent', async () => {
    await answer(asked(), [aCall(0)]);
    page.querySelector<HTMLInputElement>('input[value=today]')?.click();
    await settle();
    const today = asked();
    expect(today.request.body).toMatchObject({ from: expect.stringMatching(/T15:00:00\.000Z$/) });
    await answer(today, []);
    page.querySelector<HTMLInputElement>('input[value=custom]')?.click();
    await settle();
    await type('search-from', '2026-11-01T08:30');
    expect(page.querySelector('#search-from-reading')?.textContent).toBe('令和8年11月1日(日) 8:30');
    await send();
    const custom = asked();
    expect(custom.request.body).toEqual({ from: '2026-10-31T23:30:00.000Z', limit: 50 });
    await answer(custom, []);
  });

  it('adds pages and leaves the focus where the person is', async () => {
    await answer(asked(), [aCall(0)], 'after-0');
    button('もっと見る').focus();
    await press('もっと見る');
    const second = asked();
    expect(second.request.body).toEqual({ limit: 50, cursor: 'after-0' });
    await answer(second, [aCall(1)], 'after-1');
    expect(rows()).toHaveLength(2);
    expect(document.activeElement).toBe(button('もっと見る'));
    await press('もっと見る');
    await answer(asked(), [aCall(2)]);
    expect(document.activeElement?.getAttribute('data-call')).toBe(idOf(2));
    expect(page.querySelector('[role=status]')?.textContent).toContain('1件を追加しました');
  });

  it('tells of a failure and tries again', async () => {
    asked().flush(failureBody('database-down'), { status: 503, statusText: 'down' });
    await settle();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('データベースに接続できません');
    await press('再試行');
    await answer(asked(), [aCall(0)]);
    expect(rows()).toHaveLength(1);
  });

  it('offers new calls without moving a row, and changes a listed one in its place', async () => {
    TestBed.inject(EventStream).start();
    await answer(asked(), [aCall(1, { recording: aRecording(1, { state: 'sealing', completeness: null }) }), aCall(2)]);
    FakeEventSource.newest.tell('call', aLiveCall(0));
    FakeEventSource.newest.tell('call', aCall(1));
    await settle();
    expect(rows()).toHaveLength(2);
    expect(rows()[0]).toContain('完全');
    await press('新しい通話が1件あります');
    await answer(asked(), [aLiveCall(0), aCall(1), aCall(2)]);
    expect(rows()[0]).toContain('録音中');
    expect(page.textContent).not.toContain('新しい通話が');
    TestBed.inject(EventStream).stop();
  });

  it('offers no call that is older than the list or not asked for', async () => {
    TestBed.inject(EventStream).start();
    await answer(asked(), [aCall(1)]);
    await type('search-number', '5678');
    await send();
    await answer(asked(), [aCall(1)]);
    FakeEventSource.newest.tell('call', aLiveCall(0, { number: '0311112222' }));
    FakeEventSource.newest.tell('call', aLiveCall(9));
    await settle();
    expect(page.textContent).not.toContain('新しい通話が');
    TestBed.inject(EventStream).stop();
  });
});
