import { createHash } from 'node:crypto';
import { chmod, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { amplitudeOf, decodeFlac, tones } from '../../../../test/medium/recordings/audio.ts';
import { filesBelow, sealingService, spoolCall, unsealed } from '../../../../test/medium/recordings/sealing-bench.ts';
import type { VictimOrder } from '../../../../test/medium/recordings/sealing-victim.ts';
import { Steps } from '../../../../test/medium/recordings/stepped.ts';
import { Victims } from '../../../../test/medium/recordings/victims.ts';
import { AuditEventEntity } from '../../audit/audit-event.entity.ts';
import { formatMasterKey } from '../encryption/master-key-file.ts';
import { RecordingEntity } from '../recording.entity.ts';
import type { IncompleteReason } from '../recording.schema.ts';
import { troubleOf } from './sealing-trouble.ts';

const SECOND = tones(1000, 440, 1000);

let database: TestDatabase;
let victims: Victims<VictimOrder>;
let layout: TestDatabase['settings']['layout'];
const seal = (callId: string) => sealingService(database.dataSource, database.settings).seal(callId);
const spool = (call: Parameters<typeof spoolCall>[1]) => spoolCall(layout, call);
const rowsOf = (callId: string) => database.dataSource.manager.findBy(RecordingEntity, { callId });

async function rowOf(callId: string): Promise<RecordingEntity> {
  const [row, ...others] = await rowsOf(callId);
  expect(others).toEqual([]);
  if (!row) throw new Error('the call has no recording row');
  return row;
}

const flacOf = (row: RecordingEntity) => unsealed(database.dataSource, database.settings, row);
const audioOf = async (row: RecordingEntity) => decodeFlac(database.settings.endpoints.toolsDir, await flacOf(row));
const forgetKeys = () => database.dataSource.query('DELETE FROM recording_keys; DELETE FROM class_keys');

/** Exactly one sealed recording with this audio, traced once each time it was, and nothing left anywhere else. */
async function expectSealedOnce(callId: string, pcm: Buffer, traces = 1): Promise<void> {
  const row = await rowOf(callId);
  expect(row).toMatchObject({ state: 'sealed', completeness: 'complete', trouble: null });
  expect((await audioOf(row)).equals(pcm)).toBe(true);
  expect((await filesBelow(layout.vault)).filter((path) => !path.startsWith('.writing'))).toEqual([row.path]);
  expect(await filesBelow(layout.spool)).toEqual([]);
  expect(await database.dataSource.manager.countBy(AuditEventEntity, { subject: row.id })).toBe(traces);
}

beforeAll(async () => {
  database = await createTestDatabase();
  layout = database.settings.layout;
  victims = new Victims('sealing-victim.ts', database.settings);
});

beforeEach(async () => {
  for (const directory of [layout.vault, layout.spool]) {
    for (const file of await filesBelow(directory)) await rm(join(directory, file));
  }
});

afterAll(async () => {
  victims.stop();
  await database.drop();
});

describe('sealing', () => {
  it('keeps each side where it was, lossless, and tells what it measured', async () => {
    const callId = await spool({ pcm: SECOND });
    expect(await seal(callId)).toBe('settled');
    await expectSealedOnce(callId, SECOND);
    const row = await rowOf(callId);
    const audio = await audioOf(row);
    expect(amplitudeOf(audio, 'left', 440)).toBeGreaterThan(7900);
    expect(amplitudeOf(audio, 'right', 1000)).toBeGreaterThan(7900);
    expect(amplitudeOf(audio, 'left', 1000)).toBeLessThan(80);
    expect(amplitudeOf(audio, 'right', 440)).toBeLessThan(80);
    expect(row).toMatchObject({ durationMs: 1000, leftSilentMs: 0, missingMs: 0, spoolBytes: SECOND.length });
    expect(row.leftLevelDbfs).toBeCloseTo(-15.26, 1);
  });

  it('puts back the silence before the box accepted the call', async () => {
    const callId = await spool({ pcm: SECOND, lengthMs: 1400, events: [[400, { e: 'accepted' }]] });
    await seal(callId);
    const row = await rowOf(callId);
    expect(row).toMatchObject({ completeness: 'complete', durationMs: 1400, leadingSilenceMs: 400 });
    const audio = await audioOf(row);
    expect(audio.subarray(0, 400 * 32).every((byte) => byte === 0)).toBe(true);
    expect(audio.subarray(400 * 32).equals(SECOND)).toBe(true);
  });

  it('says how much is missing', async () => {
    const callId = await spool({ pcm: SECOND, lengthMs: 4000 });
    await seal(callId);
    expect(await rowOf(callId)).toMatchObject({ completeness: 'partial', reason: 'clock-lost', missingMs: 3000 });
  });

  it('puts silence at the place at which nothing came', async () => {
    const callId = await spool({
      ...{ pcm: SECOND, lengthMs: 3000 },
      clock: [
        ['open', 0, 0],
        ['at', 0, 0],
        ['at', 2400, 400],
        ['close', 3000, 1000],
      ],
    });
    await seal(callId);
    const row = await rowOf(callId);
    expect(row).toMatchObject({ completeness: 'complete', durationMs: 3000, missingMs: 0 });
    expect(row.gaps).toEqual([{ atMs: 400, durationMs: 2000, reason: 'no-media' }]);
    const [before, after] = [SECOND.subarray(0, 400 * 32), SECOND.subarray(400 * 32)];
    expect((await audioOf(row)).equals(Buffer.concat([before, Buffer.alloc(2000 * 32), after]))).toBe(true);
    expect(await filesBelow(layout.spool)).toEqual([]);
  });

  it('goes on with the second recorder’s audio where the first had stopped', async () => {
    const callId = await spool({
      ...{
        pcm: SECOND,
        lengthMs: 4000,
        clock: [
          ['open', 0, 0],
          ['at', 0, 0],
        ],
      },
      second: {
        pcm: SECOND,
        clock: [
          ['open', 3000, 0],
          ['at', 3000, 0],
          ['close', 4000, 1000],
        ],
      },
    });
    await seal(callId);
    const row = await rowOf(callId);
    expect(row).toMatchObject({
      completeness: 'partial',
      reason: 'recorder-failed',
      durationMs: 4000,
      missingMs: 2000,
    });
    const silence = Buffer.alloc(2000 * 32);
    expect((await audioOf(row)).equals(Buffer.concat([SECOND, silence, SECOND]))).toBe(true);
    expect(await filesBelow(layout.spool)).toEqual([]);
  });

  it('cuts off the frame that was torn when Asterisk was killed', async () => {
    const callId = await spool({ pcm: Buffer.concat([SECOND, Buffer.from([1, 2, 3])]), endedBy: 'lost' });
    await seal(callId);
    const row = await rowOf(callId);
    expect(row).toMatchObject({ completeness: 'partial', reason: 'interrupted' });
    expect((await audioOf(row)).equals(SECOND)).toBe(true);
  });

  it.each<[IncompleteReason, Parameters<typeof spool>[0]]>([
    ['no-audio', { pcm: Buffer.alloc(0), lengthMs: 500 }],
    ['file-missing', { pcm: null, lengthMs: 500 }],
    ['not-recorded', { pcm: null, lengthMs: 500, recorder: false }],
    ['refused', { pcm: null, recorder: false, events: [[0, { e: 'refused', reason: 'unknown-line' }]] }],
  ])('settles a call without audio, with the reason: %s', async (reason, call) => {
    const callId = await spool(call);
    expect(await seal(callId)).toBe('settled');
    expect(await rowOf(callId)).toMatchObject({ state: 'none', completeness: 'none', reason, path: null });
    expect(await filesBelow(layout.spool)).toEqual([]);
  });

  it('discards what must not be kept before anything is sealed, and says by which rule', async () => {
    const rule = { e: 'recording-rule', recordingRule: 'on-request', recording: 'on-demand' };
    const callId = await spool({ pcm: Buffer.concat([SECOND, SECOND]), lengthMs: 2000, events: [[0, rule]] });
    expect(await seal(callId)).toBe('settled');
    const discarded = {
      state: 'none',
      reason: 'not-kept',
      rule: 'on-request',
      path: null,
      sha256: null,
      peaksPerSecond: null,
    };
    expect(await rowOf(callId)).toMatchObject(discarded);
    expect(await filesBelow(layout.spool)).toEqual([]);
    const kept: [number, Record<string, string>] = [1500, { e: 'recording-kept', phone: 'p201' }];
    const other = await spool({ pcm: Buffer.concat([SECOND, SECOND]), lengthMs: 2000, events: [[0, rule], kept] });
    await seal(other);
    expect(await rowOf(other)).toMatchObject({ state: 'sealed', completeness: 'complete', rule: null });
  });

  it('seals silence in the place of what must not be kept', async () => {
    const rule = { e: 'recording-rule', recordingRule: 'child-care', recording: 'never' };
    const answered = { e: 'answered', phone: 'p201' };
    const callId = await spool({
      pcm: Buffer.concat([SECOND, SECOND]),
      lengthMs: 2000,
      events: [
        [0, answered],
        [1200, rule],
      ],
    });
    await seal(callId);
    const row = await rowOf(callId);
    expect(row).toMatchObject({
      completeness: 'partial',
      reason: 'not-recorded',
      rule: 'child-care',
      durationMs: 2000,
    });
    const audio = await audioOf(row);
    expect(audio.subarray(0, SECOND.length).equals(SECOND)).toBe(true);
    expect(audio.subarray((audio.length * 1250) / 2000).every((byte) => byte === 0)).toBe(true);
  });

  it('leaves a call in progress alone', async () => {
    const callId = await spool({ pcm: SECOND, endedBy: null });
    expect(await seal(callId)).toBe('in-progress');
    expect(await rowsOf(callId)).toEqual([]);
    expect(await filesBelow(layout.spool)).toHaveLength(2);
  });

  it('waits for the rest of the audio that Asterisk still writes', async () => {
    const callId = await spool({ pcm: SECOND.subarray(0, 8000), lengthMs: 1000 });
    const sealing = seal(callId);
    setTimeout(() => void writeFile(join(layout.spool, `${callId}.raw`), SECOND), 40);
    await sealing;
    await expectSealedOnce(callId, SECOND);
  });

  it('seals again what has grown since, instead of throwing it away', async () => {
    const callId = await spool({ pcm: SECOND });
    const journal = await readFile(join(layout.spool, `${callId}.jsonl`));
    await seal(callId);
    const first = await rowOf(callId);
    const longer = Buffer.concat([SECOND, SECOND]);
    await writeFile(join(layout.spool, `${callId}.raw`), longer);
    await writeFile(join(layout.spool, `${callId}.jsonl`), journal);
    await seal(callId);
    const second = await rowOf(callId);
    expect(second).toMatchObject({ id: first.id, durationMs: 2000 });
    expect(await filesBelow(layout.vault)).toEqual([second.path]);
    expect((await audioOf(second)).equals(longer)).toBe(true);
  });

  it('seals again when the vault lost the file before the spool was emptied', async () => {
    const callId = await spool({ pcm: SECOND });
    const journal = await readFile(join(layout.spool, `${callId}.jsonl`));
    await seal(callId);
    await truncate(join(layout.vault, (await rowOf(callId)).path ?? ''), 100);
    await writeFile(join(layout.spool, `${callId}.raw`), SECOND);
    await writeFile(join(layout.spool, `${callId}.jsonl`), journal);
    await seal(callId);
    await expectSealedOnce(callId, SECOND, 2);
  });
});

describe('what lies in the vault', () => {
  const sealedFile = async (row: RecordingEntity) => readFile(join(layout.vault, row.path ?? ''));

  it('is neither FLAC nor any part of it', async () => {
    const callId = await spool({ pcm: SECOND });
    await seal(callId);
    const row = await rowOf(callId);
    const [file, flac] = [await sealedFile(row), await flacOf(row)];
    expect(row.path).toMatch(/[0-9a-f]\.c2sp$/);
    expect(flac.toString('latin1', 0, 4)).toBe('fLaC');
    expect(file.includes('fLaC')).toBe(false);
    for (let at = 0; at + 16 <= flac.length; at += 16) expect(file.includes(flac.subarray(at, at + 16))).toBe(false);
    expect(row.sizeBytes).toBe(flac.length);
    expect(row.sha256).toBe(createHash('sha256').update(flac).digest('hex'));
    expect(file.length).toBe(flac.length + 56 + 16 * (Math.floor(flac.length / 16384) + 1));
  });

  it('differs from recording to recording, even where nothing but the call does', async () => {
    const [one, other] = [await spool({ pcm: SECOND }), await spool({ pcm: SECOND })];
    for (const callId of [one, other]) await seal(callId);
    const files = [await sealedFile(await rowOf(one)), await sealedFile(await rowOf(other))] as const;
    expect(files[0].length).toBe(files[1].length);
    expect(files[0].subarray(56, 72).equals(files[1].subarray(56, 72))).toBe(false);
  });
});

describe('sealing without a usable master key', () => {
  const masterKey = () => join(layout.secrets, 'master-key');
  const OTHER_KEY = formatMasterKey(Buffer.alloc(32, 7));

  it.each<[string, () => Promise<void>]>([
    ['missing', () => rm(masterKey())],
    ['damaged', () => writeFile(masterKey(), 'scribble', { mode: 0o600 })],
    ['readable by others', () => chmod(masterKey(), 0o644)],
    ['another box’s', () => writeFile(masterKey(), OTHER_KEY, { mode: 0o600 })],
  ])(
    '%s: nothing is encoded or stored, the spool keeps all, and it is sealed once the key is back',
    async (_, lose) => {
      const kept = await readFile(masterKey(), 'utf8');
      const before = await spool({ pcm: SECOND });
      await seal(before);
      const callId = await spool({ pcm: SECOND });
      await lose();
      const steps = new Steps(0, 'before', () => undefined);
      const service = sealingService(database.dataSource, database.settings, { steps });
      const error: unknown = await service.seal(callId).catch((thrown: unknown) => thrown);
      expect(troubleOf(error)).toBe('vault-key-unusable');
      expect((await rowOf(callId)).state).toBe('sealing');
      expect(steps.names).not.toContain('encoder.encode');
      expect(await filesBelow(layout.vault)).toEqual([(await rowOf(before)).path]);
      expect(await filesBelow(layout.spool)).toHaveLength(2);
      await writeFile(masterKey(), kept, { mode: 0o600 });
      await chmod(masterKey(), 0o600);
      await seal(callId);
      expect((await audioOf(await rowOf(callId))).equals(SECOND)).toBe(true);
    },
  );
});

describe('sealing that is interrupted', () => {
  it.each(['before', 'after'] as const)(
    '%s any step ends in exactly one recording when repeated',
    async (when) => {
      for (let faultAt = 1, reached = true; reached; faultAt++) {
        const callId = await spool({ pcm: SECOND });
        const steps = new Steps(faultAt, when, () => {
          throw new Error(`fault at step ${faultAt}`);
        });
        await sealingService(database.dataSource, database.settings, { steps })
          .seal(callId)
          .catch(() => undefined);
        reached = steps.faultReached;
        await seal(callId);
        await expectSealedOnce(callId, SECOND);
        await rm(join(layout.vault, (await rowOf(callId)).path ?? ''));
        await forgetKeys();
      }
    },
    120_000,
  );

  it('by kill -9 before any step ends in exactly one recording after a restart', async () => {
    for (let dieAt = 1, killed = true; killed; dieAt++) {
      const callId = await spool({ pcm: SECOND });
      killed = await victims.die({ callId, dieAt });
      await seal(callId);
      await expectSealedOnce(callId, SECOND);
      await rm(join(layout.vault, (await rowOf(callId)).path ?? ''));
      await forgetKeys();
      if (!killed) expect(dieAt).toBeGreaterThan(30);
    }
  }, 300_000);
});
