import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Export } from '../api/generated/models.ts';
import { findButton } from '../../testing/dom.ts';
import { anExport, idOf } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { ExportsPage } from './exports.page.ts';
import { SaveLink } from './save-link.ts';

describe('the list of exports', () => {
  const follow = jest.fn();
  let fixture: ComponentFixture<ExportsPage>;
  let page: HTMLElement;
  let http: HttpTestingController;

  beforeEach(async () => {
    follow.mockClear();
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'setTimeout', 'requestAnimationFrame', 'performance'] });
    TestBed.configureTestingModule({
      providers: [...consoleForTests(), { provide: SaveLink, useValue: { follow } }],
    });
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(ExportsPage);
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    await settle();
  });

  afterEach(() => {
    http.verify();
    fixture.destroy();
    jest.useRealTimers();
  });

  async function show(...exports: Export[]): Promise<void> {
    http.expectOne('/api/v1/exports').flush({ exports, nextCursor: null });
    await settle();
  }
  const row = () => page.querySelector('tbody tr')?.textContent.replace(/\s+/g, ' ') ?? '';
  async function wait(): Promise<void> {
    jest.advanceTimersByTime(2000);
    await settle();
  }

  it('says what will stand here while there is nothing', async () => {
    expect(page.querySelector('dw-skeleton')).not.toBeNull();
    await show();
    expect(page.textContent).toContain('まだ書き出しがありません');
  });

  it('tells of a failure and asks again', async () => {
    http.expectOne('/api/v1/exports').flush(failureBody('database-down'), { status: 503, statusText: 'down' });
    await settle();
    findButton(page, '再試行').click();
    await settle();
    await show(anExport());
    expect(row()).toContain('開示請求のため');
  });

  it('shows more when asked', async () => {
    http.expectOne('/api/v1/exports').flush({ exports: [anExport({ id: idOf(1) })], nextCursor: 'next' });
    await settle();
    findButton(page, 'もっと見る').click();
    await settle();
    http.expectOne('/api/v1/exports?cursor=next').flush({ exports: [anExport({ id: idOf(2) })], nextCursor: null });
    await settle();
    expect(page.querySelectorAll('tbody tr')).toHaveLength(2);
  });

  it('tells who made it, why, and what could not be exported', async () => {
    const progress = { calls: 10, done: 10, missing: 2, withoutAudio: 1, sizeBytes: 1_234_567 };
    await show(anExport({ state: 'completed', progress, encrypted: true, lostCharacters: ['𠮷'] }));
    const facts = [
      '管理者',
      '開示請求のため',
      'MP3',
      '(暗号化)',
      '完了',
      '10 / 10件',
      '1.23 MB',
      '2件は書き出せませんでした',
    ];
    for (const fact of [...facts, 'もともと録音のない通話 1件', '一覧表で置き換わる文字: 𠮷'])
      expect(row()).toContain(fact);
  });

  it('lets only who made it download it, and only in time', async () => {
    await show(anExport({ id: idOf(1), own: false }), anExport({ id: idOf(2), state: 'expired' }));
    expect(page.querySelectorAll('tbody button')).toHaveLength(0);
    expect(page.textContent).toContain('作成者だけがダウンロードできます');
  });

  it('saves the archive and follows how far it is until it is complete', async () => {
    await show(anExport());
    findButton(page, 'ダウンロード').click();
    await settle();
    expect(follow).not.toHaveBeenCalled();
    http
      .expectOne({ method: 'PUT', url: `/api/v1/exports/${idOf(0)}/place` })
      .flush(null, { status: 204, statusText: '' });
    await settle();
    expect(follow).toHaveBeenCalledWith(`/api/v1/exports/${idOf(0)}/archive`);
    expect(row()).toContain('ダウンロード中');
    await wait();
    const progress = { ...anExport().progress, done: 1 };
    http.expectOne(`/api/v1/exports/${idOf(0)}`).flush(anExport({ state: 'running', progress }));
    await settle();
    expect(page.querySelector('progress')?.value).toBe(1);
    await wait();
    http.expectOne(`/api/v1/exports/${idOf(0)}`).flush(anExport({ state: 'completed' }));
    await settle();
    expect(row()).toContain('完了');
  });

  it('tells in words why a download cannot begin now, and does not begin it', async () => {
    await show(anExport());
    findButton(page, 'ダウンロード').click();
    await settle();
    const refusal = JSON.stringify(failureBody('too-many-exports'));
    http.expectOne(`/api/v1/exports/${idOf(0)}/place`).flush(refusal, { status: 503, statusText: 'busy' });
    await settle();
    expect(page.querySelector('[role="alert"]')?.textContent).toContain('ほかの書き出しがダウンロード中です');
    expect(follow).not.toHaveBeenCalled();
    expect(row()).toContain('ダウンロードできます');
  });

  it('asks nobody while nothing is being downloaded', async () => {
    await show(anExport());
    await wait();
    http.expectNone(`/api/v1/exports/${idOf(0)}`);
  });
});
