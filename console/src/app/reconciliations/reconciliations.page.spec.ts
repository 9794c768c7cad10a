import { Dialog } from '@angular/cdk/dialog';
import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Reconciliation, type ReconciliationFinding } from '../api/generated/models.ts';
import { find, findButton } from '../../testing/dom.ts';
import { idOf } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { ReconciliationsPage } from './reconciliations.page.ts';

const ALL = '/api/v1/reconciliations';

const aReconciliation = (n: number, changes: Partial<Reconciliation> = {}): Reconciliation => ({
  ...{ id: idOf(n), wantedAt: '2026-11-21T17:30:00.000Z', wantedBy: null, dryRun: true, thorough: false },
  ...{ state: 'done', startedAt: '2026-11-21T17:30:00.000Z', endedAt: '2026-11-21T17:31:00.000Z', findings: [] },
  counts: counted({}),
  ...changes,
});
const counted = (found: NonNullable<Reconciliation['counts']>['found']) => ({
  ...{ rows: 120, files: 121, contents: 100, found, quarantined: 0, finishedDeletions: 0 },
});
const findings = (count: number): ReconciliationFinding[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ kind: 'file-missing', recordingId: idOf(n), callId: idOf(100 + n), path: `2026/11/21/${n}.c2sp` },
  }));

describe('the reconciliation of recordings', () => {
  let fixture: ComponentFixture<ReconciliationsPage>;
  let page: HTMLElement;
  let http: HttpTestingController;

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'setTimeout', 'requestAnimationFrame', 'performance'] });
    TestBed.configureTestingModule({ providers: consoleForTests() });
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(ReconciliationsPage);
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    await settle();
  });

  afterEach(() => {
    http.verify();
    TestBed.inject(Dialog).closeAll();
    fixture.destroy();
    jest.useRealTimers();
  });

  async function answer(...reconciliations: Reconciliation[]): Promise<void> {
    // The list has no findings.
    const listed = reconciliations.map(({ findings: _, ...summary }) => summary);
    http.expectOne({ method: 'GET', url: ALL }).flush({ reconciliations: listed });
    await settle();
  }
  async function detail(whole: Reconciliation): Promise<void> {
    http.expectOne(`${ALL}/${whole.id}`).flush(whole);
    await settle();
  }
  async function press(label: string): Promise<void> {
    findButton(document, label).click();
    await settle();
  }
  async function wait(): Promise<void> {
    jest.advanceTimersByTime(2000);
    await settle();
  }
  const result = () => page.querySelector('dw-reconciliation-result')?.textContent.replaceAll(/\s+/g, ' ') ?? '';

  it('says what will stand here while there is none', async () => {
    expect(page.querySelector('dw-skeleton')).not.toBeNull();
    await answer();
    expect(page.textContent).toContain('まだ照合が行われていません');
  });

  it('tells of a failure and asks again', async () => {
    http.expectOne(ALL).flush(failureBody('database-down'), { status: 503, statusText: 'down' });
    await settle();
    await press('再試行');
    await answer(aReconciliation(1));
    expect(result()).toContain('食い違いはありません');
    expect(result()).toContain('録音 120件、ファイル 121件(うち復号して確認 100件)');
    expect(page.querySelector('tbody')?.textContent).toContain('夜間の自動実行');
  });

  it('shows what did not agree by kind, with what to do, some at a time', async () => {
    const whole = aReconciliation(1, { counts: counted({ 'file-missing': 1200 }), findings: findings(30) });
    await answer(whole);
    await detail(whole);
    expect(result()).toContain('ファイルのない録音 1200件');
    expect(result()).toContain('バックアップからの復元を検討してください');
    const items = () => page.querySelectorAll('dw-reconciliation-findings li');
    expect(items()).toHaveLength(20);
    expect(find(page, HTMLAnchorElement, 'dw-reconciliation-findings a').pathname).toBe(`/calls/${idOf(100)}`);
    await press('さらに表示');
    expect(items()).toHaveLength(30);
    expect(result()).toContain('ほか1170件は');
  });

  it.each([
    ['braked', '食い違いが多すぎるため、何も変更せずに止めました'],
    ['refused', '照合を行いませんでした'],
    ['failed', '照合が途中で止まりました'],
    ['waiting', '順番を待っています'],
    ['running', '照合しています'],
  ] as const)('says of one that is %s: %s', async (state, words) => {
    await answer(aReconciliation(1, { state, counts: null }));
    expect(result()).toContain(words);
  });

  it('starts a dry run, follows it while it is under way, and no longer', async () => {
    await answer(aReconciliation(1));
    find(page, HTMLInputElement, 'input[type=checkbox]').click();
    await press('確認だけ行う');
    const order = http.expectOne({ method: 'POST', url: ALL });
    expect(order.request.body).toEqual({ dryRun: true, thorough: true });
    const underWay = { state: 'running', counts: null } as const;
    order.flush(aReconciliation(2, underWay));
    await settle();
    await answer(aReconciliation(2, underWay), aReconciliation(1));
    expect(result()).toContain('照合しています');
    await wait();
    await answer(aReconciliation(2), aReconciliation(1));
    expect(result()).toContain('食い違いはありません');
    await wait();
    http.expectNone(ALL);
  });

  it('says what tidying up does before it does, and does nothing for who thinks better of it', async () => {
    await answer(aReconciliation(1));
    await press('整理まで行う');
    expect(document.querySelector('dw-tidying-dialog')?.textContent).toContain('隔離フォルダー');
    await press('やめる');
    http.expectNone(ALL);
    await press('整理まで行う');
    await press('照合して整理');
    const order = http.expectOne({ method: 'POST', url: ALL });
    expect(order.request.body).toEqual({ dryRun: false, thorough: false });
    order.flush(failureBody('not-allowed'), { status: 403, statusText: 'no' });
    await settle();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('この操作をする権限がありません');
  });

  it('shows an earlier one when asked, and what it tidied up', async () => {
    const tidied = { ...counted({}), quarantined: 2, finishedDeletions: 1 };
    const wantedBy = { id: idOf(9), name: '録音管理者' };
    await answer(aReconciliation(2), aReconciliation(1, { dryRun: false, wantedBy, counts: tidied }));
    [...page.querySelectorAll('tbody button')].at(-1)?.dispatchEvent(new Event('click'));
    await settle();
    expect(result()).toMatch(/整理まで.*録音管理者/);
    expect(result()).toContain('隔離フォルダーに移したファイル 2件、完了した削除 1件');
    expect(document.activeElement?.id).toBe('result-heading');
  });

  it('keeps what it knew when looking again fails, and then waits to be asked', async () => {
    await answer(aReconciliation(1, { state: 'running', counts: null }));
    await wait();
    http.expectOne(ALL).flush(failureBody('database-down'), { status: 503, statusText: 'down' });
    await settle();
    expect(page.querySelectorAll('tbody tr')).toHaveLength(1);
    await wait();
    http.expectNone(ALL);
  });
});
