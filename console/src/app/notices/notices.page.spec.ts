import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type NoticeAudio } from '../api/generated/models.ts';
import { Session } from '../session/session.ts';
import { findButton } from '../../testing/dom.ts';
import { idOf } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { NoticesPage } from './notices.page.ts';

const shipped: NoticeAudio = {
  ...{
    id: 'closed',
    name: '時間外',
    source: 'shipped',
    text: '本日の業務は終了いたしました。',
    kana: null,
    voice: null,
  },
  ...{ durationMs: 6000, level: null, recorded: null, createdAt: null, createdBy: null },
  usedBy: [{ id: 'closed', name: '時間外' }],
};
const own: NoticeAudio = {
  ...{ id: idOf(1), name: '町の時間外', source: 'upload', text: null, kana: null, voice: null, durationMs: 3400 },
  level: { activeDbfs: -41.2, peakDbfs: -20, clippedPercent: 0, silentPercent: 10, warnings: ['quiet'] },
  ...{ recorded: null, createdAt: '2026-11-22T00:00:00.000Z', createdBy: '管理者', usedBy: [] },
};
const accepted = {
  kinds: ['WAV', 'MP3'],
  ...{ mostBytes: 20 * 1024 * 1024, shortestMs: 500, longestMs: 180_000, levelDbfs: -20 },
};
const notices = [{ id: 'closed', name: '時間外', text: '本日の業務は終了いたしました。', audio: 'closed' }];
const version = { version: 7, document: { site: { id: 'hq', name: '町役場' }, notices } };

describe('the screen of notices', () => {
  let fixture: ComponentFixture<NoticesPage>;
  let page: HTMLElement;
  let http: HttpTestingController;

  async function open(mayChange = true): Promise<void> {
    TestBed.configureTestingModule({
      providers: [...consoleForTests(), { provide: Session, useValue: { can: () => mayChange } }],
    });
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(NoticesPage);
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    await settle();
  }
  async function show(...audio: NoticeAudio[]): Promise<void> {
    http.expectOne('/api/v1/configuration').flush(version);
    http.expectOne('/api/v1/notice-audio').flush({ audio: [...audio, shipped], voice: 'espeak-ng', accepted });
    await settle();
  }
  async function type(id: string, value: string): Promise<void> {
    const field = page.querySelector<HTMLInputElement>(`#${id}`);
    if (!field) throw new Error(`no field ${id}`);
    field.value = value;
    field.dispatchEvent(new Event('input'));
    await settle();
  }

  beforeEach(() => {
    jest.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
    jest.spyOn(HTMLMediaElement.prototype, 'pause').mockReturnValue();
  });
  afterEach(() => {
    http.verify();
    fixture.destroy();
    jest.restoreAllMocks();
  });

  it('says what will stand here while an office has made no sound', async () => {
    await open();
    expect(page.querySelector('dw-skeleton')).not.toBeNull();
    await show();
    expect(page.textContent).toContain('備え付けの音声だけで使えます');
  });

  it('tells of a failure and asks again', async () => {
    await open();
    http.expectOne('/api/v1/notice-audio').flush({ audio: [], voice: 'espeak-ng', accepted });
    http.expectOne('/api/v1/configuration').flush(failureBody('database-down'), { status: 503, statusText: 'down' });
    await settle();
    findButton(page, '再試行').click();
    await settle();
    await show();
    expect(page.querySelectorAll('tbody tr')).toHaveLength(1);
  });

  it.each([
    ['open-jtalk', 'Open JTalk の声で'],
    ['espeak-ng', '聞き取りやすい声にするには'],
  ])('names the voice that speaks texts, and how to get a better one: %s', async (voice, told) => {
    await open();
    http.expectOne('/api/v1/configuration').flush(version);
    http.expectOne('/api/v1/notice-audio').flush({ audio: [shipped], voice, accepted });
    await settle();
    expect(page.querySelector('dw-new-spoken-audio')?.textContent).toContain(told);
  });

  it('tells length, level and what is wrong with a sound, and plays it', async () => {
    await open();
    await show(own);
    const row = page.querySelector('section[aria-labelledby=own-audio] tbody tr')?.textContent.replace(/\s+/g, ' ');
    for (const fact of ['町の時間外', 'ファイル', '3.4秒', '-41.2 dB', '音が小さめです', 'なし'])
      expect(row).toContain(fact);
    const play = page.querySelector<HTMLButtonElement>('section[aria-labelledby=own-audio] tbody button');
    play?.click();
    await settle();
    expect(play?.textContent).toContain('停止');
    play?.click();
    await settle();
    expect(play?.textContent).toContain('再生');
  });

  it('puts a sound into a notice, on top of the configuration that was seen', async () => {
    await open();
    await show(own);
    const select = page.querySelector('select');
    if (!select) throw new Error('no choice of sounds');
    select.value = own.id;
    select.dispatchEvent(new Event('change'));
    await settle();
    findButton(page, 'この音声に変える').click();
    await settle();
    const request = http.expectOne({ method: 'PUT', url: '/api/v1/configuration' });
    expect(request.request.headers.get('If-Match')).toBe('"7"');
    expect(request.request.body).toEqual({ ...version.document, notices: [{ ...notices[0], audio: own.id }] });
    request.flush(version);
    await settle();
    await show(own);
    expect(page.querySelector('[role=status]')?.textContent).toContain('音声を変えました');
  });

  it('chooses nothing in place of a sound that is lost, and offers none to be heard', async () => {
    await open();
    http
      .expectOne('/api/v1/configuration')
      .flush({ ...version, document: { ...version.document, notices: [{ ...notices[0], audio: idOf(9) }] } });
    http.expectOne('/api/v1/notice-audio').flush({ audio: [own, shipped], voice: 'espeak-ng', accepted });
    await settle();
    const row = page.querySelector('section[aria-labelledby=notices-list] tbody tr');
    const select = row?.querySelector('select');
    expect([select?.value, select?.selectedOptions[0]?.textContent.trim()]).toEqual([
      idOf(9),
      '見つかりません(代わりの音声を流しています)',
    ]);
    expect(row?.querySelectorAll('button')).toHaveLength(0);
  });

  it('makes a sound of text, with a reading that can be corrected', async () => {
    await open();
    await show();
    findButton(page, 'よみを作る').click();
    await settle();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('入力してください');
    await type('speech-name', '町');
    await type('speech-text', '本日は晴天');
    findButton(page, 'よみを作る').click();
    await settle();
    http.expectOne('/api/v1/notice-audio/readings').flush({ kana: 'ほんじつわ' });
    await settle();
    expect(page.querySelector<HTMLTextAreaElement>('#speech-kana')?.value).toBe('ほんじつわ');
    page.querySelector('dw-new-spoken-audio form')?.dispatchEvent(new Event('submit'));
    await settle();
    const request = http.expectOne({ method: 'POST', url: '/api/v1/notice-audio' });
    expect(request.request.body).toEqual({ name: '町', text: '本日は晴天', kana: 'ほんじつわ' });
    request.flush(own);
    await settle();
    await show(own);
    expect(page.querySelector('[role=status]')?.textContent).toContain('登録しました');
  });

  it('offers no changes to who may only look', async () => {
    await open(false);
    await show(own);
    expect(page.querySelector('form')).toBeNull();
    expect(page.querySelector('select')?.disabled).toBe(true);
    expect(page.textContent).not.toContain('削除');
  });
});
