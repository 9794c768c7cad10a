import { randomUUID } from 'node:crypto';
import { type INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../test/medium/api/eventually.ts';
import { aCall, fileCalls } from '../../../test/medium/api/filed-calls.ts';
import { type Visitor } from '../../../test/medium/api/visitor.ts';
import { findingsIn, nameSite, verify } from '../../../test/medium/audit/log-bench.ts';
import { startLogWorker } from '../../../test/medium/audit/log-worker.ts';
import { tones } from '../../../test/medium/recordings/audio.ts';
import { sealingService, spoolCall } from '../../../test/medium/recordings/sealing-bench.ts';
import { Failure } from '../platform/http/openapi.ts';
import { RecordingEntity } from '../recordings/recording.entity.ts';
import { RecordingDetail } from '../recordings/recording.schema.ts';
import { RecordingAccount } from './audit.schema.ts';
import { hashOfLeaf } from './log/leaf.ts';
import { ed25519Verifier } from './log/note.ts';
import { verifyTlogProof } from './log/tlog-proof.ts';

const REASON = '山田様の申出により、誤録音のため';

let api: ApiUnderTest;
let administrator: Visitor;
let worker: INestApplicationContext;
let deleted: RecordingEntity;

type Told = [number, Record<string, string>][];
const REFUSAL: Told = [[0, { e: 'refused', reason: 'unknown-line' }]];
const RULED_OUT: Told = [[0, { e: 'recording-rule', recordingRule: 'child-care', recording: 'never' }]];

async function settled(pcm: Buffer | null, events: Told = []): Promise<RecordingEntity> {
  const call = { pcm, lengthMs: 1000, recorder: events !== REFUSAL, events };
  const callId = await spoolCall(api.settings.layout, call);
  await sealingService(api.database.dataSource, api.settings).seal(callId);
  return api.database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
}

const accountOf = async (callId: string) =>
  (await administrator.ask('GET', `/api/v1/calls/${callId}/recording-proof`)).as(RecordingAccount);

/** What somebody does who has the answer and the office's key, and nothing else. */
function checkOffline({ statements, checkpoint: { verifierKey } }: RecordingAccount): void {
  const verifier = ed25519Verifier(verifierKey);
  for (const { leaf, proof } of statements) {
    verifyTlogProof(proof, hashOfLeaf(leaf), { origin: verifier.keyName, keys: [verifier] });
  }
}

beforeAll(async () => {
  api = await ApiUnderTest.start();
  nameSite(api.settings);
  administrator = await api.administrator();
  worker = await startLogWorker(api.settings);
  await eventually(async () => {
    const rows = await api.database.dataSource.query<{ status: string }[]>(
      `SELECT status FROM health_reports WHERE check_id = 'log'`,
    );
    return rows[0]?.status === 'ok';
  });
  deleted = await settled(tones(1000, 440, 1000));
});
afterAll(async () => {
  await worker.close();
  await api.stop();
});

describe('what became of the recording of a call', () => {
  it('is told by the log: that it was sealed', async () => {
    const account = await accountOf(deleted.callId);
    expect(account).toMatchObject({ outcome: 'sealed', recordingId: deleted.id, callId: deleted.callId });
    expect(account.statements.map(({ leaf }) => leaf)).toEqual([
      expect.objectContaining({ type: 'recording', callId: deleted.callId, sha256: deleted.sha256 }),
    ]);
    checkOffline(account);
  });

  it('is told by the log: why there is none', async () => {
    const { callId } = await settled(null, REFUSAL);
    const account = await accountOf(callId);
    expect(account.outcome).toBe('none');
    expect(account.statements.at(-1)?.leaf).toMatchObject({ completeness: 'none', reason: 'refused', callId });
    checkOffline(account);
  });

  it('is told by the log: which recording rule there was, of audio that was discarded', async () => {
    const { callId, path } = await settled(tones(1000, 440, 1000), RULED_OUT);
    expect(path).toBeNull();
    const account = await accountOf(callId);
    expect(account.outcome).toBe('none');
    expect(account.statements.at(-1)?.leaf).toMatchObject({ reason: 'not-recorded', rule: 'child-care', version: 2 });
    checkOffline(account);
  });

  it('is told by the log, right after the deletion: when and by which rule it went, and nothing that may be erased', async () => {
    const body = { reason: REASON, rule: 'retention:standard' };
    const answer = await administrator.ask('DELETE', `/api/v1/recordings/${deleted.id}`, { body });
    const { deletion } = answer.as(RecordingDetail);
    const account = await accountOf(deleted.callId);
    expect(account.outcome).toBe('deleted');
    expect(account.statements.map(({ leaf }) => leaf.type)).toEqual(['recording', 'recording-deleted']);
    expect(account.statements.at(-1)?.leaf).toMatchObject({
      ...{ recordingId: deleted.id, callId: deleted.callId, rule: 'retention:standard', deletedAt: deletion?.at },
      userId: deletion?.by?.id,
    });
    checkOffline(account);
    expect(JSON.stringify(account)).not.toContain('山田');
    expect((await api.audited('recording.prove')).at(-1)).toMatchObject({ subject: deleted.id });
  });

  it('is not told of a call that is not there, or whose recording is not settled', async () => {
    expect((await administrator.ask('GET', `/api/v1/calls/${randomUUID()}/recording-proof`)).status).toBe(404);
    const call = aCall();
    await fileCalls(api.database.dataSource, [call]);
    const waiting = await administrator.ask('GET', `/api/v1/calls/${call.id}/recording-proof`);
    expect([waiting.status, waiting.as(Failure).errorId]).toEqual([409, 'recording-not-logged']);
  });
});

describe('a deleted recording', () => {
  it('is gone for whoever wants to hear it, who is told when, by whom, by which rule and why', async () => {
    const detail = (await administrator.ask('GET', `/api/v1/recordings/${deleted.id}`)).as(RecordingDetail);
    expect(detail).toMatchObject({ state: 'deleted', sha256: deleted.sha256 });
    expect(detail.deletion).toMatchObject({ rule: 'retention:standard', reason: REASON, by: { name: '管理者' } });
    for (const part of ['audio', 'peaks']) {
      const gone = await administrator.ask('GET', `/api/v1/recordings/${deleted.id}/${part}`);
      expect([gone.status, gone.as(Failure).errorId]).toEqual([410, 'recording-deleted']);
      expect(gone.as(Failure).details).toMatchObject({ rule: 'retention:standard', reason: REASON });
    }
  });

  it('stays deleted by whom and why it was first', async () => {
    const body = { reason: 'もう一度' };
    const again = await administrator.ask('DELETE', `/api/v1/recordings/${deleted.id}`, { body });
    expect(again.as(RecordingDetail).deletion).toMatchObject({ reason: REASON });
    expect(await api.audited('recording.delete')).toHaveLength(1);
  });

  it('needs a reason, and a rule that is no free text', async () => {
    for (const body of [{}, { reason: ' ' }, { reason: 'x', rule: '山田様の件' }, { reason: 'x'.repeat(501) }]) {
      const refused = await administrator.ask('DELETE', `/api/v1/recordings/${deleted.id}`, { body });
      expect([refused.status, refused.as(Failure).errorId]).toEqual([400, 'invalid-input']);
    }
  });

  it('is found by a verification once its row says something else than the log', async () => {
    const findings = async () => findingsIn(await verify(api.database.dataSource, api.settings));
    expect(await findings()).toEqual([]);
    const changed = { what: 'record', change: 'changed', kind: 'recording', id: deleted.id, leaf: expect.any(Number) };
    const values = [deleted.id];
    await api.database.tamper(`UPDATE recordings SET deletion_rule = 'by-hand' WHERE id = $1`, values);
    expect(await findings()).toEqual([changed]);
    await api.database.tamper(
      `UPDATE recordings SET state = 'none', reason = 'refused', completeness = 'none', deleted_at = NULL,
         deleted_by = NULL, deletion_rule = NULL, deletion_event = NULL WHERE id = $1`,
      values,
    );
    expect(await findings()).toEqual([changed]);
    await api.database.tamper('DELETE FROM recordings WHERE id = $1', values);
    expect(await findings()).toEqual([{ ...changed, change: 'removed' }]);
  });
});
