import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { amplitudeOf } from '../../../../test/medium/recordings/audio.ts';
import { filesBelow } from '../../../../test/medium/recordings/sealing-bench.ts';
import { SealingScene, SECOND } from '../../../../test/medium/recordings/sealing-scene.ts';
import type { IncompleteReason } from '../recording.schema.ts';

let scene: SealingScene;

beforeAll(async () => {
  scene = await SealingScene.open();
});

beforeEach(async () => {
  await scene.emptyVault();
  await scene.emptySpool();
});

afterAll(() => scene.close());

describe('sealing', () => {
  it('keeps each side where it was, lossless, and tells what it measured', async () => {
    const callId = await scene.spool();
    expect(await scene.seal(callId)).toBe('settled');
    await scene.expectAlone(callId);
    const row = await scene.rowOf(callId);
    const audio = await scene.audioOf(row);
    expect(amplitudeOf(audio, 'left', 440)).toBeGreaterThan(7900);
    expect(amplitudeOf(audio, 'right', 1000)).toBeGreaterThan(7900);
    expect(amplitudeOf(audio, 'left', 1000)).toBeLessThan(80);
    expect(amplitudeOf(audio, 'right', 440)).toBeLessThan(80);
    expect(row).toMatchObject({ durationMs: 1000, leftSilentMs: 0, missingMs: 0, spoolBytes: SECOND.length });
    expect(row.leftLevelDbfs).toBeCloseTo(-15.26, 1);
  });

  it('puts back the silence before the box accepted the call', async () => {
    const callId = await scene.spool({ pcm: SECOND, lengthMs: 1400, events: [[400, { e: 'accepted' }]] });
    await scene.seal(callId);
    const row = await scene.rowOf(callId);
    expect(row).toMatchObject({ completeness: 'complete', durationMs: 1400, leadingSilenceMs: 400 });
    const audio = await scene.audioOf(row);
    expect(audio.subarray(0, 400 * 32).every((byte) => byte === 0)).toBe(true);
    expect(audio.subarray(400 * 32).equals(SECOND)).toBe(true);
  });

  it('says how much is missing', async () => {
    const callId = await scene.spool({ pcm: SECOND, lengthMs: 4000 });
    await scene.seal(callId);
    expect(await scene.rowOf(callId)).toMatchObject({ completeness: 'partial', reason: 'clock-lost', missingMs: 3000 });
  });

  it('puts silence at the place at which nothing came', async () => {
    const callId = await scene.spool({
      ...{ pcm: SECOND, lengthMs: 3000 },
      clock: [
        ['open', 0, 0],
        ['at', 0, 0],
        ['at', 2400, 400],
        ['close', 3000, 1000],
      ],
    });
    await scene.seal(callId);
    const row = await scene.rowOf(callId);
    expect(row).toMatchObject({ completeness: 'complete', durationMs: 3000, missingMs: 0 });
    expect(row.gaps).toEqual([{ atMs: 400, durationMs: 2000, reason: 'no-media' }]);
    const [before, after] = [SECOND.subarray(0, 400 * 32), SECOND.subarray(400 * 32)];
    expect((await scene.audioOf(row)).equals(Buffer.concat([before, Buffer.alloc(2000 * 32), after]))).toBe(true);
    expect(await filesBelow(scene.layout.spool)).toEqual([]);
  });

  it('goes on with the second recorder’s audio where the first had stopped', async () => {
    const callId = await scene.spool({
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
    await scene.seal(callId);
    const row = await scene.rowOf(callId);
    expect(row).toMatchObject({
      completeness: 'partial',
      reason: 'recorder-failed',
      durationMs: 4000,
      missingMs: 2000,
    });
    const silence = Buffer.alloc(2000 * 32);
    expect((await scene.audioOf(row)).equals(Buffer.concat([SECOND, silence, SECOND]))).toBe(true);
    expect(await filesBelow(scene.layout.spool)).toEqual([]);
  });

  it('cuts off the frame that was torn when Asterisk was killed', async () => {
    const callId = await scene.spool({ pcm: Buffer.concat([SECOND, Buffer.from([1, 2, 3])]), endedBy: 'lost' });
    await scene.seal(callId);
    const row = await scene.rowOf(callId);
    expect(row).toMatchObject({ completeness: 'partial', reason: 'interrupted' });
    expect((await scene.audioOf(row)).equals(SECOND)).toBe(true);
  });

  it.each<[IncompleteReason, Parameters<SealingScene['spool']>[0]]>([
    ['no-audio', { pcm: Buffer.alloc(0), lengthMs: 500 }],
    ['file-missing', { pcm: null, lengthMs: 500 }],
    ['not-recorded', { pcm: null, lengthMs: 500, recorder: false }],
    ['refused', { pcm: null, recorder: false, events: [[0, { e: 'refused', reason: 'unknown-line' }]] }],
  ])('settles a call without audio, with the reason: %s', async (reason, call) => {
    const callId = await scene.spool(call);
    expect(await scene.seal(callId)).toBe('settled');
    expect(await scene.rowOf(callId)).toMatchObject({ state: 'none', completeness: 'none', reason, path: null });
    expect(await filesBelow(scene.layout.spool)).toEqual([]);
  });

  it('discards what must not be kept before anything is sealed, and says by which rule', async () => {
    const rule = { e: 'recording-rule', recordingRule: 'on-request', recording: 'on-demand' };
    const callId = await scene.spool({ pcm: Buffer.concat([SECOND, SECOND]), lengthMs: 2000, events: [[0, rule]] });
    expect(await scene.seal(callId)).toBe('settled');
    const discarded = {
      state: 'none',
      reason: 'not-kept',
      rule: 'on-request',
      path: null,
      sha256: null,
      peaksPerSecond: null,
    };
    expect(await scene.rowOf(callId)).toMatchObject(discarded);
    expect(await filesBelow(scene.layout.spool)).toEqual([]);
    const kept: [number, Record<string, string>] = [1500, { e: 'recording-kept', phone: 'p201' }];
    const other = await scene.spool({
      pcm: Buffer.concat([SECOND, SECOND]),
      lengthMs: 2000,
      events: [[0, rule], kept],
    });
    await scene.seal(other);
    expect(await scene.rowOf(other)).toMatchObject({ state: 'sealed', completeness: 'complete', rule: null });
  });

  it('seals silence in the place of what must not be kept', async () => {
    const rule = { e: 'recording-rule', recordingRule: 'child-care', recording: 'never' };
    const answered = { e: 'answered', phone: 'p201' };
    const callId = await scene.spool({
      pcm: Buffer.concat([SECOND, SECOND]),
      lengthMs: 2000,
      events: [
        [0, answered],
        [1200, rule],
      ],
    });
    await scene.seal(callId);
    const row = await scene.rowOf(callId);
    expect(row).toMatchObject({
      completeness: 'partial',
      reason: 'not-recorded',
      rule: 'child-care',
      durationMs: 2000,
    });
    const audio = await scene.audioOf(row);
    expect(audio.subarray(0, SECOND.length).equals(SECOND)).toBe(true);
    expect(audio.subarray((audio.length * 1250) / 2000).every((byte) => byte === 0)).toBe(true);
  });

  it('leaves a call in progress alone', async () => {
    const callId = await scene.spool({ pcm: SECOND, endedBy: null });
    expect(await scene.seal(callId)).toBe('in-progress');
    expect(await scene.rowsOf(callId)).toEqual([]);
    expect(await filesBelow(scene.layout.spool)).toHaveLength(2);
  });

  it('waits for the rest of the audio that Asterisk still writes', async () => {
    const callId = await scene.spool({ pcm: SECOND.subarray(0, 8000), lengthMs: 1000 });
    const sealing = scene.seal(callId);
    setTimeout(() => void writeFile(join(scene.layout.spool, `${callId}.raw`), SECOND), 40);
    await sealing;
    await scene.expectAlone(callId);
  });

  it('seals again what has grown since, instead of throwing it away', async () => {
    const callId = await scene.spool();
    const journal = await readFile(join(scene.layout.spool, `${callId}.jsonl`));
    await scene.seal(callId);
    const first = await scene.rowOf(callId);
    const longer = Buffer.concat([SECOND, SECOND]);
    await writeFile(join(scene.layout.spool, `${callId}.raw`), longer);
    await writeFile(join(scene.layout.spool, `${callId}.jsonl`), journal);
    await scene.seal(callId);
    const second = await scene.rowOf(callId);
    expect(second).toMatchObject({ id: first.id, durationMs: 2000 });
    expect(await filesBelow(scene.layout.vault)).toEqual([second.path]);
    expect((await scene.audioOf(second)).equals(longer)).toBe(true);
  });

  it('seals again when the vault lost the file before the spool was emptied', async () => {
    const callId = await scene.spool();
    const journal = await readFile(join(scene.layout.spool, `${callId}.jsonl`));
    await scene.seal(callId);
    await truncate(join(scene.layout.vault, (await scene.rowOf(callId)).path ?? ''), 100);
    await writeFile(join(scene.layout.spool, `${callId}.raw`), SECOND);
    await writeFile(join(scene.layout.spool, `${callId}.jsonl`), journal);
    await scene.seal(callId);
    await scene.expectAlone(callId, SECOND, 2);
  });
});
