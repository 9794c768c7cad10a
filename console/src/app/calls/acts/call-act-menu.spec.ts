import { HttpTestingController } from '@angular/common/http/testing';
import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CallPhones, type LiveCall } from '../../api/generated/models.ts';
import { LiveCalls } from '../../live/live-calls.ts';
import { Session } from '../../session/session.ts';
import { find, findButton } from '../../../testing/dom.ts';
import { FakeEventSource } from '../../../testing/fake-event-source.ts';
import { aCall, aLiveCall, idOf } from '../../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../../testing/providers.ts';
import { settle } from '../../../testing/settle.ts';
import { ActOutcomeNotice } from './act-outcome.ts';
import { CallActMenu } from './call-act-menu.ts';

/** A screen as the live board is one: a heading, what became of the last act, and the menu of a call. */
@Component({
  selector: 'dw-screen-under-test',
  imports: [ActOutcomeNotice, CallActMenu],
  template: `<main>
    <h1 tabindex="-1">{{ heading }}</h1>
    <dw-act-outcome />
    @if (call(); as shown) {
      <dw-call-act-menu [call]="shown" />
    }
  </main>`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class ScreenUnderTest {
  protected readonly heading = '通話中';
  readonly call = signal<LiveCall | null>(aLiveCall(1));
}

const EVERYTHING = [
  ...['calls.mark', 'calls.warn', 'calls.end', 'calls.transfer', 'calls.supervise'],
  ...['recordings.pause', 'recordings.keep'],
];
const URL = `/api/v1/calls/${idOf(1)}`;
const PHONES: CallPhones = {
  talking: { id: 'p201', name: '市民課1', extension: '201', state: 'registered' },
  others: [
    { id: 'p202', name: '市民課2', extension: '202', state: 'registered' },
    { id: 'p203', name: '税務課1', extension: '203', state: 'unregistered' },
  ],
  supervisors: [
    { id: 'p202', name: '市民課2', extension: '202', state: 'registered' },
    { id: 'p209', name: '市民課長', extension: '209', state: 'registered' },
  ],
};

describe('the menu of a call in progress', () => {
  let fixture: ComponentFixture<ScreenUnderTest>;
  let screen: HTMLElement;
  let http: HttpTestingController;
  let permissions: string[];

  beforeEach(async () => {
    permissions = EVERYTHING;
    const session = { can: (permission: string) => permissions.includes(permission) };
    TestBed.configureTestingModule({ providers: [...consoleForTests(), { provide: Session, useValue: session }] });
    http = TestBed.inject(HttpTestingController);
    TestBed.inject(LiveCalls).start();
    FakeEventSource.newest.stand();
    http.expectOne('/api/v1/calls/live').flush({ calls: [aLiveCall(1)] });
    await settle();
  });

  afterEach(() => {
    fixture.destroy();
    TestBed.inject(LiveCalls).stop();
    localStorage.clear();
    http.verify();
  });

  async function show(changes: Partial<LiveCall> = {}): Promise<void> {
    fixture = TestBed.createComponent(ScreenUnderTest);
    screen = fixture.nativeElement as HTMLElement;
    document.body.append(screen);
    await tell(changes);
  }
  /** As the stream tells the board and every dialog. */
  async function tell(changes: Partial<LiveCall>): Promise<void> {
    const call = aLiveCall(1, changes);
    FakeEventSource.newest.tell('call', call);
    fixture.componentInstance.call.set(call);
    await settle();
  }
  async function press(root: ParentNode, label: string): Promise<void> {
    findButton(root, label).click();
    await settle();
  }
  const opener = () => find(screen, HTMLButtonElement, 'dw-call-act-menu button');
  const items = () => [...document.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const labels = () => items().map(({ textContent }) => textContent.trim());
  async function choose(label: string): Promise<void> {
    opener().click();
    await settle();
    const item = items().find(({ textContent }) => textContent.includes(label));
    if (!item) throw new Error(`the menu does not have ${label}: ${labels().join()}`);
    item.click();
    await settle();
  }
  const dialog = () => find(document, HTMLElement, '[role=dialog]');
  const isOpen = () => document.querySelector('[role=dialog]') !== null;
  async function answer(method: string, path: string, refusal?: string): Promise<unknown> {
    const asked = http.expectOne({ method, url: `${URL}${path}` });
    if (refusal) asked.flush(failureBody(refusal), { status: 409, statusText: 'no' });
    else asked.flush(null, { status: 204, statusText: 'done' });
    await settle();
    return asked.request.body as unknown;
  }
  const armedFor = (seconds: number) => ({ endingArmedUntil: new Date(Date.now() + seconds * 1000).toISOString() });

  it('offers what the person may do, and nothing to whoever may do nothing', async () => {
    permissions = ['calls.mark', 'recordings.pause'];
    await show();
    expect(opener().textContent).toContain('090-1234-5678');
    opener().click();
    await settle();
    expect(labels()).toEqual(['カスハラの印を付ける', '録音を一時停止する']);
    permissions = ['calls.watch'];
    fixture.destroy();
    await show();
    expect(screen.querySelector('button')).toBeNull();
  });

  it('keeps every act in its place and the focus where it is, whatever the call does meanwhile', async () => {
    await show();
    opener().click();
    await settle();
    const focused = items()[3];
    focused?.focus();
    const before = labels();
    await tell({ parkedAt: '3', marked: true });
    expect(document.activeElement).toBe(focused);
    expect(labels()).toHaveLength(before.length);
    expect(focused?.getAttribute('aria-disabled')).toBe('true');
    focused?.click();
    await settle();
    expect(isOpen()).toBe(false);
  });

  it('marks the call and says so, once for two clicks', async () => {
    await show();
    await choose('カスハラの印を付ける');
    await choose('カスハラの印を付ける');
    await answer('PUT', '/mark');
    expect(screen.querySelector('[role=status]')?.textContent).toContain('090-1234-5678: カスハラの印を付けました。');
    await tell({ marked: true });
    await choose('カスハラの印を外す');
    await answer('DELETE', '/mark');
  });

  it('says which call it was when something was refused', async () => {
    await show();
    await choose('録音を一時停止する');
    await answer('POST', '/recording/pause', 'not-recorded');
    expect(screen.querySelector('[role=alert]')?.textContent).toContain('この通話は録音していません');
    expect(screen.textContent).toContain('090-1234-5678');
    await tell({ recorder: 'paused', awaitsKeeping: true });
    await choose('録音を再開する');
    await answer('POST', '/recording/resume');
    await choose('この通話の録音を残す');
    await answer('POST', '/recording/keep');
    expect(screen.querySelector('[role=alert]')).toBeNull();
  });

  it.each([
    ['録音中の注意を流す', '/warnings', { kind: 'recording' }],
    ['最後の注意を流す', '/warnings', { kind: 'final' }],
    ['通話を預ける', '/park', null],
  ])('asks before the caller hears something: %s', async (label, path, body) => {
    await show();
    await choose(label);
    for (const fact of ['090-1234-5678', '代表', '市民課1']) expect(dialog().textContent).toContain(fact);
    await press(dialog(), 'やめる');
    expect(isOpen()).toBe(false);
    expect(document.activeElement).toBe(opener());
    await choose(label);
    await press(dialog(), label);
    await press(dialog(), '送信しています');
    expect(await answer('POST', path)).toEqual(body);
    expect(isOpen()).toBe(false);
    expect(screen.querySelector('[role=status]')?.textContent).toContain('090-1234-5678');
  });

  it('stays with its question when the answer is no', async () => {
    await show();
    await choose('最後の注意を流す');
    await press(dialog(), '最後の注意を流す');
    await answer('POST', '/warnings', 'not-in-conversation');
    expect(dialog().querySelector('[role=alert]')?.textContent).toContain('まだ電話機につながっていません');
    await press(dialog(), 'やめる');
  });

  it('ends a call in two steps: it arms the end, then a person confirms it', async () => {
    await show();
    await choose('終了の準備をする');
    await answer('PUT', '/ending');
    await tell(armedFor(20));
    expect(dialog().querySelector('[role=timer]')?.textContent).toMatch(/あと(20|21)秒/);
    await press(dialog(), '音声を流して終える');
    await answer('POST', '/ending/confirm');
    expect(isOpen()).toBe(false);
  });

  it('takes a click twice on the way to arming it for no confirmation', async () => {
    await show();
    await choose('終了の準備をする');
    await answer('PUT', '/ending');
    await tell(armedFor(30));
    await press(dialog(), '音声を流して終える');
    http.expectNone(`${URL}/ending/confirm`);
    await press(dialog(), '取り消して通話を続ける');
    await answer('DELETE', '/ending');
  });

  it('does not arm again what somebody else has armed, and tells when its time is over', async () => {
    await show(armedFor(20));
    await press(screen, '終了を確定');
    expect(dialog().textContent).toContain('確定できる時間');
    findButton(dialog(), '音声を流して終える').focus();
    await tell(armedFor(-1));
    expect(dialog().textContent).toContain('終了の準備は解除されています');
    expect(dialog().contains(document.activeElement)).toBe(true);
    await press(dialog(), 'もう一度準備する');
    await answer('PUT', '/ending', 'not-in-conversation');
    expect(dialog().querySelector('[role=alert]')).not.toBeNull();
    await press(dialog(), '閉じる');
  });

  it('hands the call on to a phone that is chosen, and says which would not ring', async () => {
    await show();
    await choose('ほかの電話機に転送');
    http.expectOne(`${URL}/phones`).flush(PHONES);
    await settle();
    const select = find(dialog(), HTMLSelectElement, 'select');
    expect([...select.options].map(({ text }) => text)).toEqual([
      '選んでください',
      '市民課2(内線202)',
      '税務課1(内線203) － 未登録',
    ]);
    await press(dialog(), '転送する');
    expect(dialog().querySelector('.mistake')?.textContent).toContain('電話機を選んでください');
    select.value = 'p202';
    select.dispatchEvent(new Event('change'));
    await press(dialog(), '転送する');
    expect(await answer('POST', '/transfer')).toEqual({ to: 'p202', askFirst: false });
    expect(isOpen()).toBe(false);
  });

  it('hands a call on after a word with the colleague, and says how that goes on', async () => {
    await show();
    await choose('ほかの電話機に転送する');
    http.expectOne(`${URL}/phones`).flush(PHONES);
    await settle();
    find(dialog(), HTMLInputElement, 'input[value=ask-first]').click();
    const select = find(dialog(), HTMLSelectElement, 'select');
    select.value = 'p202';
    select.dispatchEvent(new Event('change'));
    await press(dialog(), '転送する');
    expect(await answer('POST', '/transfer')).toEqual({ to: 'p202', askFirst: true });
    expect(screen.querySelector('[role=status]')?.textContent).toContain('受話器を置くと転送されます');
  });

  it('has any phone take a parked call, also the one that parked it', async () => {
    await show({ parkedAt: '3' });
    await choose('預けた通話を取る');
    http.expectOne(`${URL}/phones`).flush(PHONES);
    await settle();
    const select = find(dialog(), HTMLSelectElement, 'select');
    expect([...select.options].map(({ value }) => value)).toEqual(['', 'p201', 'p202', 'p203']);
    select.value = 'p201';
    select.dispatchEvent(new Event('change'));
    await press(dialog(), '電話機を呼び出す');
    expect(await answer('POST', '/pick-up', 'not-parked')).toEqual({ phone: 'p201' });
    expect(dialog().querySelector('[role=alert]')?.textContent).toContain('この通話は預けられていません');
    await press(dialog(), '電話機を呼び出す');
    await answer('POST', '/pick-up');
    expect(screen.querySelector('[role=status]')?.textContent).toContain('預けた通話につながります');
  });

  it('rings the phone of a supervisor, the same one as the last time', async () => {
    await show();
    const stepIn = async () => {
      await choose('通話に入る');
      http.expectOne(`${URL}/phones`).flush(PHONES);
      await settle();
      return find(dialog(), HTMLSelectElement, 'select');
    };
    const select = await stepIn();
    expect(select.value).toBe('');
    select.value = 'p209';
    select.dispatchEvent(new Event('change'));
    find(dialog(), HTMLInputElement, 'input[value=whisper]').click();
    await press(dialog(), '電話機を呼び出す');
    expect(await answer('POST', '/supervision')).toEqual({ phone: 'p209', mode: 'whisper' });
    expect((await stepIn()).value).toBe('p209');
    await press(dialog(), 'やめる');
  });

  it('says that nobody may supervise where no phone is set to', async () => {
    await show();
    await choose('通話に入る');
    http.expectOne(`${URL}/phones`).flush({ ...PHONES, supervisors: [] });
    await settle();
    expect(dialog().textContent).toContain('この通話に入れる電話機がありません');
    await press(dialog(), '電話機を呼び出す');
    http.expectNone(`${URL}/supervision`);
    await press(dialog(), 'やめる');
  });

  it('does nothing to a call that has ended meanwhile, and leaves the focus on the screen’s heading', async () => {
    await show();
    await choose('最後の注意を流す');
    FakeEventSource.newest.tell('call', aCall(1));
    fixture.componentInstance.call.set(null);
    await settle();
    expect(dialog().querySelector('[role=alert]')?.textContent).toContain('この通話は終わりました');
    await press(dialog(), '最後の注意を流す');
    http.expectNone(`${URL}/warnings`);
    await press(dialog(), 'やめる');
    expect(document.activeElement).toBe(screen.querySelector('h1'));
  });
});
