import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { addEvents, findingsIn, logKeeping, nameSite, verify } from '../../../../test/medium/audit/log-bench.ts';
import { startAuthority, type TestAuthority } from '../../../../test/medium/audit/test-authority.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { HealthReportRepository } from '../../health/health-report.repository.ts';
import { Clock } from '../../platform/clock.ts';
import { DatabaseConnector } from '../../platform/database-connector.ts';
import { Logger } from '../../platform/logging.ts';
import { CheckpointFiles } from '../checkpoint-files.ts';
import { CheckpointVouchers } from '../checkpoint-vouchers.repository.ts';
import { CheckpointVouching } from '../checkpoint-vouching.service.ts';
import { VoucherVerification } from '../voucher-verification.ts';
import { CheckpointTimestamps, LEAST_INTERVAL_MS } from './checkpoint-timestamps.service.ts';
import { TimestampAuthority } from './timestamp-authority.ts';
import { TimestampTool } from './timestamp-tool.ts';

const run = promisify(execFile);

class SetClock extends Clock {
  private ahead = 0;
  override now(): Date {
    return new Date(Date.now() + this.ahead);
  }
  advance(ms: number): void {
    this.ahead += ms;
  }
}

let database: TestDatabase;
let authority: TestAuthority;
let stranger: TestAuthority;
let openssl: string;
const clock = new SetClock();

const query = <T extends object>(text: string) => database.dataSource.query<T[]>(text);
const stamps = () => query<{ size: string; answer: Buffer }>('SELECT size, answer FROM log_timestamps ORDER BY size');
const fileOf = (size: number, ending: string) => join(database.settings.layout.log, 'checkpoints', `${size}.${ending}`);
const client = (caFile = authority.caFile) =>
  new TimestampAuthority(authority.url, caFile, new TimestampTool(openssl), 1500);
const timestamps = (caFile?: string) =>
  new CheckpointTimestamps(
    new CheckpointVouchers(database.dataSource),
    new CheckpointFiles(database.settings.layout.log),
    client(caFile),
    clock,
  );

/** A further checkpoint, an hour later. */
async function checkpoint(): Promise<{ size: number; note: string }> {
  clock.advance(LEAST_INTERVAL_MS);
  await addEvents(database.dataSource, 2);
  const { appender, signer } = logKeeping(database.dataSource, database.settings);
  await appender.appendAll();
  const signed = await signer.sign();
  if (typeof signed === 'string') throw new Error(signed);
  return signed;
}

beforeAll(async () => {
  database = await createTestDatabase();
  nameSite(database.settings);
  openssl = join(database.settings.endpoints.toolsDir, 'openssl');
  [authority, stranger] = await Promise.all([startAuthority(openssl), startAuthority(openssl)]);
});
afterEach(() => {
  authority.mood = 'well';
});
afterAll(async () => {
  await Promise.all([authority.stop(), stranger.stop()]);
  await database.drop();
});

describe('the time stamp of a checkpoint', () => {
  it('stands beside it and in the table, and is verified by openssl with the file and the root alone', async () => {
    const { size } = await checkpoint();
    expect(await timestamps().stampNewest()).toBe('stamped');
    const [row] = await stamps();
    expect(Number(row?.size)).toBe(size);
    expect(await readFile(fileOf(size, 'tsr'))).toEqual(row?.answer);
    const { stdout } = await run(openssl, [
      ...['ts', '-verify', '-data', fileOf(size, 'txt'), '-in', fileOf(size, 'tsr'), '-CAfile', authority.caFile],
    ]);
    expect(stdout).toContain('Verification: OK');
  });

  it('is asked for once an hour, however many checkpoints there are', async () => {
    const { asked } = authority;
    expect(await timestamps().stampNewest()).toBe('not-due');
    await addEvents(database.dataSource, 1);
    expect(await timestamps().stampNewest()).toBe('not-due');
    expect(authority.asked).toBe(asked);
  });

  it('is not asked for again when the process died between file and row', async () => {
    const { size, note } = await checkpoint();
    const { asked } = authority;
    const files = new CheckpointFiles(database.settings.layout.log);
    await files.writeCompanion(size, 'tsr', await client().stamp(note));
    await timestamps().stampNewest();
    expect((await stamps()).at(-1)?.size).toBe(String(size));
    expect(authority.asked).toBe(asked + 1);
  });
});

describe('an authority that', () => {
  it.each([
    ['answers with garbage', 'garbage', undefined],
    ['answers another question', 'repeating', undefined],
    ['refuses', 'refusing', undefined],
    ['never answers', 'silent', undefined],
    ['is not the one that is trusted', 'well', () => stranger.caFile],
  ] as const)('%s leaves nothing behind, and is asked again', async (_, mood, caFile) => {
    const { size } = await checkpoint();
    const before = await stamps();
    authority.mood = mood;
    await expect(timestamps(caFile?.()).stampNewest()).rejects.toThrow();
    expect(await stamps()).toEqual(before);
    await expect(readFile(fileOf(size, 'tsr'))).rejects.toThrow('ENOENT');
    authority.mood = 'well';
    expect(await timestamps().stampNewest()).toBe('stamped');
  });

  it('is away is told on the health page, and the log goes on', async () => {
    authority.mood = 'refusing';
    const { size } = await checkpoint();
    const vouching = new CheckpointVouching(
      { timestamps: timestamps(), witnessing: null, witnessed: null },
      new HealthReportRepository(database.dataSource, clock),
      undefined as unknown as DatabaseConnector,
      new Logger('worker', 'silent'),
    );
    const health = () =>
      query<{ status: string; detail: string | null }>(
        `SELECT status, detail FROM health_reports WHERE check_id = 'timestamp'`,
      );
    await vouching.round();
    expect(await health()).toEqual([
      { status: 'degraded', detail: expect.stringContaining('タイムスタンプを取得できません') },
    ]);
    expect((await checkpoint()).size).toBeGreaterThan(size);
    authority.mood = 'well';
    await vouching.round();
    expect(await health()).toEqual([{ status: 'ok', detail: null }]);
  });
});

describe('a verification', () => {
  it('names the place where a time stamp was changed or removed', async () => {
    const { size } = await checkpoint();
    await timestamps().stampNewest();
    const files = new CheckpointFiles(database.settings.layout.log);
    const vouchers = new VoucherVerification(files, client(), () => Promise.resolve([]));
    const findings = async () => findingsIn(await verify(database.dataSource, database.settings, 1000, vouchers));
    expect(await findings()).toEqual([]);
    const flip = `set_byte(answer, 200, get_byte(answer, 200) # 1)`;
    await database.tamper(`UPDATE log_timestamps SET answer = ${flip} WHERE size = $1`, [size]);
    expect(await findings()).toEqual([{ what: 'timestamp', change: 'changed', place: 'database', size }]);
    await database.tamper(`UPDATE log_timestamps SET answer = ${flip} WHERE size = $1`, [size]);
    const whole = await readFile(fileOf(size, 'tsr'));
    const changed = Buffer.from(whole);
    changed.writeUInt8((changed[200] ?? 0) ^ 1, 200);
    await writeFile(fileOf(size, 'tsr'), changed);
    expect(await findings()).toEqual([{ what: 'timestamp', change: 'changed', place: 'file', size }]);
    await rm(fileOf(size, 'tsr'));
    expect(await findings()).toEqual([{ what: 'timestamp', change: 'removed', place: 'file', size }]);
    await writeFile(fileOf(size, 'tsr'), whole);
    await database.tamper('DELETE FROM log_timestamps WHERE size = $1', [size]);
    expect(await findings()).toEqual([{ what: 'timestamp', change: 'removed', place: 'database', size }]);
  });
});
