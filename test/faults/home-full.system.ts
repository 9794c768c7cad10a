import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RECORDER_FLOOR_BYTES } from '../../backend/src/headroom/reserve.ts';
import { isRoot } from '../../provisioning/host-tools.ts';
import { removeTree } from '../../provisioning/runtime/build-root.ts';
import { CALLER_HZ, endConversation, mutuallyHeard, startConversation } from '../town/conversation.ts';
import { durationMs, toneIntervals, totalMs } from '../town/listen.ts';
import { OfficeApi } from '../town/office-api.ts';
import { recordingOf } from '../town/recorded.ts';
import { type Scene, startScene } from '../town/scene.ts';
import { eventually, pause } from '../town/waiting.ts';

const MIB = 1024 * 1024;
/** A new box refuses so small a disk, so it becomes small only then. */
const DISK_AT_FIRST_BYTES = 2048 * MIB;
const DISK_BYTES = 448 * MIB;
const PIECES = 4;

/** Only root can give a home a small disk of its own. */
(isRoot() ? describe : describe.skip)('the disk of the whole box is full (only root can mount a small one)', () => {
  let home: string;
  let scene: Scene;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'denwaban-home-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_AT_FIRST_BYTES},mode=755`, 'tmpfs', home]);
    // What is left of so small a disk is enough by these.
    scene = await startScene({ DENWABAN_HOME: home, DENWABAN_HEADROOM_STEPS: '0.3d,0.2d,0.1h' });
    execFileSync('mount', ['-o', `remount,size=${DISK_BYTES}`, home]);
  });

  afterAll(async () => {
    await scene.stop();
    execFileSync('umount', [home]);
    await removeTree(home);
  });

  const freeBytes = () => {
    const { bavail, bsize } = statfsSync(home);
    return bavail * bsize;
  };
  const pieces = () => readdirSync(join(home, 'reserve')).length;
  const storage = async () => (await scene.api.healthDetails()).storage;
  let ballast = 0;
  const fillAllBut = (bytes: number) => {
    const size = freeBytes() - bytes;
    if (size > 0) execFileSync('fallocate', ['-l', String(size), join(home, `ballast-${++ballast}`)]);
  };

  it('gives up its reserve, then records no more; log-in, audit trail and calls go on, and all is as before with room', async () => {
    await eventually('the reserve to be whole', () => Promise.resolve(pieces() === PIECES));
    expect((await storage())?.level).toBe('ample');
    const before = scene.box.pids;
    const conversation = await startConversation(scene);
    await eventually('the reserve to be given up', () => {
      fillAllBut(30 * MIB);
      return Promise.resolve(pieces() === 0);
    });
    expect(await storage()).toMatchObject({ level: 'reserve', reserve: { leftBytes: 0 } });

    fillAllBut(RECORDER_FLOOR_BYTES - 2 * MIB);
    await pause(2500);
    const later = new OfficeApi(scene.box);
    await later.logIn();
    const { status, checks } = await later.healthDetails();
    expect(status).not.toBe('ok');
    expect(checks.find(({ checkId }) => checkId === 'headroom')).toMatchObject({ status: 'down' });

    for (let number = 1; number <= ballast; number++) rmSync(join(home, `ballast-${number}`));
    await eventually('the reserve to be made again', async () => (await storage())?.level === 'ample');
    expect(pieces()).toBe(PIECES);
    await pause(1000);
    await endConversation(conversation);
    expect(scene.box.pids).toEqual(before);
    const heard = await mutuallyHeard(conversation);
    expect([heard.byCaller.gapMs, heard.byPhone.gapMs]).toEqual([0, 0]);

    const call = await scene.api.filedCall(conversation.from, 60_000);
    expect(call.recording).toMatchObject({ state: 'sealed', completeness: 'partial', reason: 'disk-full' });
    const { gaps } = await scene.api.recording(call.recording?.id ?? '');
    const full = gaps.filter(({ reason }) => reason === 'disk-full');
    expect(full.reduce((sum, { durationMs: lasted }) => sum + lasted, 0)).toBeGreaterThan(2000);
    const { left } = await recordingOf(scene, call);
    const lengthMs = (await conversation.caller.ended()).at - (await conversation.caller.invited());
    expect(Math.abs(durationMs(left) - lengthMs)).toBeLessThan(200);
    const roomAgainMs = (full.at(-1)?.atMs ?? 0) + (full.at(-1)?.durationMs ?? 0);
    const spoken = toneIntervals(left, CALLER_HZ);
    expect(totalMs(spoken.filter(({ toMs }) => toMs <= (full[0]?.atMs ?? 0) + 100))).toBeGreaterThan(500);
    expect(totalMs(spoken.filter(({ fromMs }) => fromMs >= roomAgainMs - 100))).toBeGreaterThan(700);
  }, 90_000);
});
