import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type RecordingAccount, type RecordingStatement } from '../api/generated/models.ts';
import { elementOf, findButton } from '../../testing/dom.ts';
import { idOf } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { ProofDialog } from './proof.dialog.ts';

const URL_OF_PROOF = `/api/v1/calls/${idOf(1)}/recording-proof`;
const VERIFIER_KEY = 'denwaban/honcho+e5ff2fe9+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

type Leaf = RecordingStatement['leaf'];
type SealedLeaf = Extract<Leaf, { type: 'recording'; version: 1 }>;

const aSealedLeaf = (changes: Partial<SealedLeaf> = {}): SealedLeaf => ({
  type: 'recording',
  version: 1,
  ...{ recordingId: idOf(5001), callId: idOf(1), completeness: 'complete', reason: null },
  ...{ startedAt: '2026-11-19T01:00:00.000Z', sealedAt: '2026-11-19T01:05:00.000Z' },
  ...{ durationMs: 243_000, format: 'flac', sizeBytes: 10, sha256: 'ab'.repeat(32) },
  ...changes,
});
const DELETED: Leaf = {
  type: 'recording-deleted',
  version: 1,
  ...{ recordingId: idOf(5001), callId: idOf(1), eventId: '7', userId: null },
  ...{ deletedAt: '2026-11-20T01:02:03.000Z', rule: 'retention:standard' },
};
const accountOf = (...leaves: Leaf[]): RecordingAccount => ({
  ...{ callId: idOf(1), recordingId: idOf(5001), outcome: 'deleted' },
  statements: leaves.map((leaf) => ({ leaf, proof: 'c2sp.org/tlog-proof@v1' })),
  checkpoint: { size: 42, at: '2026-11-21T03:00:00.000Z', note: '', verifierKey: VERIFIER_KEY },
});

describe('the proof of what became of a recording', () => {
  let fixture: ComponentFixture<ProofDialog>;
  let http: HttpTestingController;

  beforeEach(async () => {
    TestBed.configureTestingModule({
      providers: [
        ...consoleForTests(),
        { provide: DIALOG_DATA, useValue: idOf(1) },
        { provide: DialogRef, useValue: { close: () => undefined } },
      ],
    });
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(ProofDialog);
    await settle();
  });

  afterEach(() => {
    http.verify();
    jest.restoreAllMocks();
  });

  async function answer(...leaves: Leaf[]): Promise<RecordingAccount> {
    const account = accountOf(...leaves);
    http.expectOne(URL_OF_PROOF).flush(account);
    await settle();
    return account;
  }

  it('says in words that it was stored, and when and by which rule it went', async () => {
    await answer(aSealedLeaf(), DELETED);
    const said = [...elementOf(fixture).querySelectorAll('li')].map(({ textContent }) => textContent);
    expect(said).toEqual([
      expect.stringMatching(/完全な録音が保存されました.*11月19日.*4分3秒/s),
      expect.stringMatching(/録音が削除されました.*11月20日.*保存期間の満了\(区分: standard\).*自動削除/s),
    ]);
    expect(elementOf(fixture).textContent).toContain('最初から42件');
  });

  it('says in words why there never was one', async () => {
    await answer(aSealedLeaf({ completeness: 'none', reason: 'refused', durationMs: null, sha256: null }));
    expect(elementOf(fixture).textContent).toContain('この通話には、録音がありません');
    expect(elementOf(fixture).textContent).toContain('つながずに終えた着信のため');
  });

  it('says by which recording rule nothing was kept', async () => {
    const nothing = { completeness: 'none', reason: 'not-recorded', durationMs: null, sha256: null } as const;
    await answer({ ...aSealedLeaf(nothing), version: 2, rule: 'staff-line' });
    expect(elementOf(fixture).textContent).toMatch(/録音ルール\s*staff-line/);
  });

  it('is saved as the API gave it', async () => {
    const saved: Blob[] = [];
    // jsdom has neither.
    const createObjectURL = (blob: Blob) => `blob:${saved.push(blob)}`;
    Object.assign(URL, { createObjectURL, revokeObjectURL: () => undefined });
    const click = jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    const account = await answer(aSealedLeaf(), DELETED);
    findButton(elementOf(fixture), '証明を保存').click();
    expect(click).toHaveBeenCalledTimes(1);
    expect(JSON.parse(await textOf(saved[0] ?? new Blob()))).toEqual(account);
  });

  it('says so while nothing is signed about it, and asks again', async () => {
    http.expectOne(URL_OF_PROOF).flush(failureBody('recording-not-logged'), { status: 409, statusText: 'no' });
    await settle();
    expect(elementOf(fixture).textContent).toContain('まだ操作記録ログに登録されていません');
    findButton(elementOf(fixture), '再試行').click();
    await settle();
    await answer(aSealedLeaf());
    expect(elementOf(fixture).textContent).toContain('完全な録音が保存されました');
  });
});

/** jsdom's Blob has no `text`. */
function textOf(blob: Blob): Promise<string> {
  return new Promise((read) => {
    const reader = new FileReader();
    reader.onload = () => read(reader.result as string);
    reader.readAsText(blob);
  });
}
