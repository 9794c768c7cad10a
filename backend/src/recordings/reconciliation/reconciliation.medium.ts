import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aCall, fileCalls } from '../../../../test/medium/api/filed-calls.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { tones } from '../../../../test/medium/recordings/audio.ts';
import { deletions } from '../../../../test/medium/recordings/deletion-bench.ts';
import {
  diskStore,
  filesBelow,
  recordingKeys,
  sealingService,
  spoolCall,
} from '../../../../test/medium/recordings/sealing-bench.ts';
import { AuditEventRepository } from '../../audit/audit-event.repository.ts';
import { AuditTrail } from '../../audit/audit-trail.service.ts';
import { HealthReportRepository } from '../../health/health-report.repository.ts';
import { Clock } from '../../platform/clock.ts';
import { DatabaseConnector } from '../../platform/database-connector.ts';
import { Logger } from '../../platform/logging.ts';
import { MessageReceiver } from '../../platform/messages.ts';
import { StoreRefusedError } from '../vault/recording-store.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { RecordingRepository } from '../recording.repository.ts';
import { Spool } from '../spool/spool.ts';
import { Vault } from '../vault/vault.ts';
import { HoldingsRepository } from './holdings.repository.ts';
import { Reconciler, type Report } from './reconciler.service.ts';
import { ReconciliationRepository } from './reconciliation.repository.ts';
import { Reconciliations } from './reconciliations.service.ts';

const SECOND = tones(1000, 440, 1000);
const ORDER = { rule: 'by-hand', reason: 'test', userId: null, remoteAddress: null };

let database: TestDatabase;
let layout: TestDatabase['settings']['layout'];
const clock = new Clock();

const query = <T extends object>(text: string, values: unknown[] = []) => database.dataSource.query<T[]>(text, values);
const fileOf = ({ path }: RecordingEntity) => join(layout.vault, path ?? '');
const reconciler = () =>
  new Reconciler(
    new Vault(diskStore(database.settings), recordingKeys(database.dataSource, database.settings)),
    new Spool(layout.spool),
    new HoldingsRepository(database.dataSource),
    new RecordingRepository(database.dataSource, clock),
    new AuditTrail(new AuditEventRepository(database.dataSource), clock),
    clock,
  );
const run = (dryRun = true, thorough = false): Promise<Report> => reconciler().run({ dryRun, thorough });
const foundBy = ({ findings }: Report) =>
  findings.map(({ kind, recordingId, callId, path }) => [kind, recordingId ?? callId ?? path]);
const troubleOf = async ({ id }: RecordingEntity) =>
  (await query<{ trouble: string | null }>('SELECT trouble FROM recordings WHERE id = $1', [id]))[0]?.trouble;

async function sealed(): Promise<RecordingEntity> {
  const callId = await spoolCall(layout, { pcm: SECOND });
  await sealingService(database.dataSource, database.settings).seal(callId);
  return database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
}

/** A file that is no recording's, as large as it likes. */
async function strayFile(path = `2026/01/02/${randomUUID()}.flac.c2sp`): Promise<string> {
  await mkdir(dirname(join(layout.vault, path)), { recursive: true });
  await writeFile(join(layout.vault, path), 'nobody knows');
  return path;
}

beforeEach(async () => {
  database = await createTestDatabase();
  ({ layout } = database.settings);
});
afterEach(() => database.drop());

describe('a reconciliation', () => {
  it('finds nothing where everything agrees, and has decrypted what it drew by lot', async () => {
    for (let n = 0; n < 3; n++) await sealed();
    const report = await run();
    expect(report).toMatchObject({ state: 'done', findings: [] });
    expect(report.counts).toMatchObject({ rows: 3, files: 3, contents: 3, found: {} });
  });

  it('names each row, file, key and call that does not agree, both ways, and changes nothing when it is dry', async () => {
    const [missing, cut, flipped, keyless, fine] = [
      await sealed(),
      await sealed(),
      await sealed(),
      await sealed(),
      await sealed(),
    ];
    await rm(fileOf(missing));
    await writeFile(fileOf(cut), (await readFile(fileOf(cut))).subarray(0, -1));
    const bytes = await readFile(fileOf(flipped));
    bytes.writeUInt8((bytes[100] ?? 0) ^ 1, 100);
    await writeFile(fileOf(flipped), bytes);
    await query('DELETE FROM recording_keys WHERE recording_id = $1', [keyless.id]);
    const stray = await strayFile();
    const lost = randomUUID();
    await query(`INSERT INTO recording_keys SELECT $1, class_name, wrapped FROM recording_keys LIMIT 1`, [lost]);
    const call = aCall();
    await fileCalls(database.dataSource, [call]);
    const before = await filesBelow(layout.vault);

    const report = await run();
    expect(report.state).toBe('done');
    expect(foundBy(report)).toEqual(
      expect.arrayContaining([
        ['file-missing', missing.id],
        ['size-differs', cut.id],
        ['content-differs', flipped.id],
        ['key-missing', keyless.id],
        ['file-without-recording', stray],
        ['key-without-recording', lost],
        ['call-without-recording', call.id],
      ]),
    );
    expect(report.findings).toHaveLength(7);
    expect(await filesBelow(layout.vault)).toEqual(before);
    expect(await troubleOf(fine)).toBeNull();
  });

  it('that is not dry moves aside what nobody knows of, marks what is damaged and deletes nothing', async () => {
    const recording = await sealed();
    await rm(fileOf(recording));
    const stray = await strayFile();
    const { counts } = await run(false);
    expect(counts).toMatchObject({ quarantined: 1, finishedDeletions: 0 });
    expect(await filesBelow(layout.vault)).toEqual([`quarantine/${stray}`]);
    expect(await readFile(join(layout.vault, 'quarantine', stray), 'utf8')).toBe('nobody knows');
    expect(await troubleOf(recording)).toBe('vault-file-damaged');
    const traces = await query<{ detail: unknown }>(
      `SELECT detail FROM audit_events WHERE action = 'vault.quarantine'`,
    );
    expect(traces).toEqual([{ detail: { path: stray } }]);
    expect((await run()).counts.found).toEqual({ 'file-missing': 1 });
  });

  it('finishes what deletions have left', async () => {
    const recording = await sealed();
    const copy = await readFile(fileOf(recording));
    await deletions(database.dataSource, database.settings).delete(recording.id, ORDER);
    await writeFile(fileOf(recording), copy);
    await query(`INSERT INTO class_keys VALUES ('x', '') ON CONFLICT DO NOTHING`);
    await query(`INSERT INTO recording_keys VALUES ($1, 'x', '')`, [recording.id]);
    expect((await run()).counts.found).toEqual({ 'left-by-deletion': 2 });
    await run(false);
    expect(await filesBelow(layout.vault)).toEqual([]);
    expect(await query('SELECT 1 FROM recording_keys')).toEqual([]);
  });

  it('leaves a file alone whose recording is being sealed', async () => {
    const recording = await sealed();
    await query(`UPDATE recordings SET state = 'sealing', path = NULL WHERE id = $1`, [recording.id]);
    expect((await run(false)).counts.found).toEqual({});
    expect(await filesBelow(layout.vault)).toEqual([recording.path]);
  });

  it('stops and changes nothing when too much is missing or unknown', async () => {
    const rows = [];
    for (let n = 0; n < 6; n++) rows.push(await sealed());
    for (const row of rows) await rm(fileOf(row));
    const stray = await strayFile();
    expect((await run(false)).state).toBe('braked');
    expect(await filesBelow(layout.vault)).toEqual([stray]);
    for (const row of rows) expect(await troubleOf(row)).toBeNull();
  });

  it('compares nothing on a disk that is not the vault', async () => {
    await sealed();
    await rename(layout.vault, `${layout.vault}.away`);
    await mkdir(layout.vault);
    await expect(run(false)).rejects.toThrow(StoreRefusedError);
  });
});

describe('reconciliations', () => {
  const rows = () => new ReconciliationRepository(database.dataSource, clock);
  const runAll = () =>
    new Reconciliations(
      reconciler(),
      rows(),
      new HealthReportRepository(database.dataSource, clock),
      // Neither asked nor heard of here: it is told when to look.
      undefined as unknown as MessageReceiver,
      undefined as unknown as DatabaseConnector,
      new Logger('worker', 'silent'),
    ).runAll();
  const healthOf = async () =>
    (
      await query<{ status: string; detail: string | null }>(
        `SELECT status, detail FROM health_reports WHERE check_id = 'reconciliation'`,
      )
    )[0];

  it('run one after the other, are kept, and are told on the health page', async () => {
    await sealed();
    const first = await rows().want({ dryRun: true, thorough: true }, null);
    const second = await rows().want({ dryRun: true, thorough: false }, null);
    await runAll();
    expect((await rows().find(second.id))?.state).toBe('done');
    expect(await rows().find(first.id)).toMatchObject({
      state: 'done',
      thorough: true,
      counts: { rows: 1, contents: 1 },
    });
    expect(await healthOf()).toEqual({ status: 'ok', detail: expect.stringContaining('一致しています') });
  });

  it('stand in the list by their numbers, newest first, with who wanted them', async () => {
    const userId = randomUUID();
    await query(
      `INSERT INTO users (id, login, name, password_hash, must_change_password, created_at)
       VALUES ($1, 'kanri', '録音管理者', '', false, now())`,
      [userId],
    );
    for (let n = 0; n < 3; n++) await rm(fileOf(await sealed()));
    const order = { dryRun: true, thorough: false };
    const byNight = await rows().want(order, null);
    await runAll();
    const byHand = await rows().want(order, userId);
    await runAll();
    const listed = await rows().newest(2);
    expect(listed).toMatchObject([
      { id: byHand.id, wantedBy: { id: userId, name: '録音管理者' }, counts: { found: { 'file-missing': 3 } } },
      { id: byNight.id, wantedBy: null },
    ]);
    expect(listed[0]).not.toHaveProperty('findings');
    expect((await rows().find(byHand.id))?.findings).toHaveLength(3);
  });

  it('say that they were refused, and raise the alarm when they had to stop', async () => {
    for (let n = 0; n < 6; n++) await rm(fileOf(await sealed()));
    await rows().want({ dryRun: true, thorough: false }, null);
    await runAll();
    expect(await healthOf()).toEqual({ status: 'down', detail: expect.stringContaining('ファイルのない録音 6件') });
    await rename(layout.vault, `${layout.vault}.away`);
    const refused = await rows().want({ dryRun: true, thorough: false }, null);
    await runAll();
    expect((await rows().find(refused.id))?.state).toBe('refused');
  });

  it('that were cut off by a crash are told as failed by the next worker', async () => {
    const { id } = await rows().want({ dryRun: true, thorough: false }, null);
    await query(`UPDATE reconciliations SET state = 'running' WHERE id = $1`, [id]);
    await rows().endInterrupted();
    expect(await rows().find(id)).toMatchObject({ state: 'failed', counts: null });
    expect(await rows().takeNext()).toBeNull();
  });
});
