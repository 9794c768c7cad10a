import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isRoot } from '../../provisioning/host-tools.ts';
import { removeTree } from '../../provisioning/runtime/build-root.ts';
import {
  CALLER_HZ,
  endConversation,
  mutuallyHeard,
  newNumber,
  PHONE_HZ,
  startConversation,
} from '../town/conversation.ts';
import { durationMs, toneIntervals, totalMs } from '../town/listen.ts';
import { OfficeApi } from '../town/office-api.ts';
import { recordingOf } from '../town/recorded.ts';
import { type Scene, startScene } from '../town/scene.ts';
import { eventually, pause } from '../town/waiting.ts';

const TOLERANCE_MS = 100;
const DISK_BYTES = 256 * 1024 * 1024;
const DISK_FILES = 200;
/** The alarm comes within 3 s; the rest is for a machine that does other things too. */
const TOLD_WITHIN_MS = 4000;
/** Two seconds of stereo sound. */
const LEFT_BYTES = 64 * 1024;

/** Only root can give the spool a small disk of its own. */
(isRoot() ? describe : describe.skip)('the disk of the spool is full (only root can mount a small one)', () => {
  let home: string;
  let spool: string;
  let ballast: string;
  let scene: Scene;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'denwaban-full-'));
    spool = join(home, 'spool');
    ballast = join(spool, 'ballast');
    mkdirSync(spool);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES},nr_inodes=${DISK_FILES}`, 'tmpfs', spool]);
    scene = await startScene({ DENWABAN_HOME: home });
  });

  afterEach(() => {
    rmSync(ballast, { force: true });
  });

  afterAll(async () => {
    await scene.stop();
    execFileSync('umount', [spool]);
    await removeTree(home);
  });

  /** Leaves room for one more file: the journal of the next call, which comes before its recording. */
  const takeAllFilesButOne = () => {
    const taken: string[] = [];
    for (;;) {
      const path = join(spool, `taken-${taken.length}`);
      try {
        writeFileSync(path, '');
        taken.push(path);
      } catch {
        rmSync(taken.pop() ?? path);
        return taken;
      }
    }
  };

  const fillTheDisk = () => {
    try {
      writeFileSync(ballast, Buffer.alloc(Math.max(0, freeBytes() - LEFT_BYTES)));
    } catch {
      // The recording was quicker: it is full.
    }
  };

  const journals = () => readdirSync(spool).filter((name) => name.endsWith('.jsonl')).length;

  const freeBytes = () => {
    const { bavail, bsize } = statfsSync(spool);
    return bavail * bsize;
  };

  it('the conversation goes on, no process ends, one can log in; the recording has silence where it was full', async () => {
    const before = scene.box.pids;
    const conversation = await startConversation(scene);
    await pause(500);
    fillTheDisk();
    await eventually('the disk to be full', () => Promise.resolve(freeBytes() === 0), { withinMs: 15_000 });
    await pause(2500);
    const later = new OfficeApi(scene.box);
    await later.logIn();
    await eventually('the health page to tell', async () => {
      const { status, checks } = await scene.api.healthDetails();
      return status !== 'ok' && checks.some((check) => check.checkId === 'spool' && check.status === 'down');
    });
    rmSync(ballast);
    await pause(1500);
    await endConversation(conversation);
    expect(scene.box.pids).toEqual(before);
    const heard = await mutuallyHeard(conversation);
    for (const { intervals, gapMs } of [heard.byCaller, heard.byPhone]) {
      expect(gapMs).toBe(0);
      expect(totalMs(intervals)).toBeGreaterThan(4000);
    }

    const call = await scene.api.filedCall(conversation.from, 60_000);
    expect(call.recording).toMatchObject({ state: 'sealed', completeness: 'partial', reason: 'disk-full' });
    const { gaps, missingMs } = await scene.api.recording(call.recording?.id ?? '');
    const full = gaps.filter(({ reason }) => reason === 'disk-full');
    const fullMs = full.reduce((sum, gap) => sum + gap.durationMs, 0);
    expect(fullMs).toBeGreaterThan(2000);
    expect(missingMs).toBe(fullMs);
    const { left } = await recordingOf(scene, call);
    const lengthMs = (await conversation.caller.ended()).at - (await conversation.caller.invited());
    expect(Math.abs(durationMs(left) - lengthMs)).toBeLessThan(TOLERANCE_MS);
    // Neither spliced nor shifted: the tone ends where the disk was full and is there again from then to the end.
    const [first, last] = [full[0], full.at(-1)];
    const [fullFromMs, roomFromMs] = [first?.atMs ?? 0, (last?.atMs ?? 0) + (last?.durationMs ?? 0)];
    const spoken = toneIntervals(left, CALLER_HZ);
    const within = (fromMs: number, toMs: number) =>
      totalMs(spoken.filter((interval) => interval.fromMs >= fromMs - 100 && interval.toMs <= toMs + 100));
    expect(within(fullFromMs, roomFromMs)).toBeLessThan(300);
    expect(within(roomFromMs, lengthMs)).toBeGreaterThan(lengthMs - roomFromMs - 500);
    expect(lengthMs - roomFromMs).toBeGreaterThan(1000);
  });

  it('a recorder cannot make its file: told within 3 s, and a second one records the rest', async () => {
    const journalsBefore = journals();
    const taken = takeAllFilesButOne();
    const from = newNumber();
    const talking = startConversation(scene, { from });
    await eventually('the call to have a journal', () => Promise.resolve(journals() > journalsBefore));
    for (const path of taken) rmSync(path);
    const conversation = await talking;
    await eventually('the health page to tell', async () => {
      const { checks } = await scene.api.healthDetails();
      return checks.some(({ checkId, status }) => checkId === 'telephony' && status === 'degraded');
    });
    await pause(2000);
    await endConversation(conversation);

    const call = await scene.api.filedCall(from, 30_000);
    expect(call.recording).toMatchObject({ state: 'sealed', completeness: 'partial', reason: 'recorder-failed' });
    const { timeline } = await scene.api.callDetail(call.id);
    const msOf = (event: string) => Date.parse(timeline.find((entry) => entry.event === event)?.at ?? '');
    expect(timeline).toContainEqual(
      expect.objectContaining({ event: 'fault', detail: { reason: 'recorder-stalled' } }),
    );
    expect(msOf('fault') - msOf('accepted')).toBeLessThan(TOLD_WITHIN_MS);
    const { left, right } = await recordingOf(scene, call);
    const lengthMs = (await conversation.caller.ended()).at - (await conversation.caller.invited());
    expect(Math.abs(durationMs(left) - lengthMs)).toBeLessThan(TOLERANCE_MS);
    expect(totalMs(toneIntervals(left, CALLER_HZ))).toBeGreaterThan(1500);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(1500);
  });

  it('once there is room again, the next call is recorded whole and the spool is empty afterwards', async () => {
    const conversation = await startConversation(scene);
    await pause(1500);
    await endConversation(conversation);
    const call = await scene.api.filedCall(conversation.from, 30_000);
    expect(call).toMatchObject({ outcome: 'answered', recording: { state: 'sealed', completeness: 'complete' } });
    await eventually('the spool to be empty', () => Promise.resolve(readdirSync(spool).length === 0));
    await eventually('the health page to take note', async () => {
      const { checks } = await scene.api.healthDetails();
      return checks.some(({ checkId, status }) => checkId === 'spool' && status !== 'down');
    });
  });
});
