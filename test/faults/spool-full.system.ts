import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isRoot } from '../../provisioning/host-tools.ts';
import { removeTree } from '../../provisioning/runtime/build-root.ts';
import { endConversation, mutuallyHeard, startConversation } from '../town/conversation.ts';
import { totalMs } from '../town/listen.ts';
import { OfficeApi } from '../town/office-api.ts';
import { type Scene, startScene } from '../town/scene.ts';
import { eventually, pause } from '../town/waiting.ts';

const DISK_BYTES = 256 * 1024 * 1024;
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
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', spool]);
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

  const freeBytes = () => {
    const { bavail, bsize } = statfsSync(spool);
    return bavail * bsize;
  };

  it('the conversation goes on, no process ends, one can log in, and the call says that sound is missing', async () => {
    const before = scene.box.pids;
    const conversation = await startConversation(scene);
    await pause(500);
    writeFileSync(ballast, Buffer.alloc(freeBytes() - LEFT_BYTES));
    await eventually('the disk to be full', () => Promise.resolve(freeBytes() === 0), { withinMs: 15_000 });
    await pause(2500);
    const later = new OfficeApi(scene.box);
    await later.logIn();
    await eventually('the health page to tell', async () => {
      const { status, checks } = await scene.api.healthDetails();
      return status !== 'ok' && checks.some((check) => check.checkId === 'spool' && check.status === 'down');
    });
    await endConversation(conversation);
    expect(scene.box.pids).toEqual(before);
    const heard = await mutuallyHeard(conversation);
    for (const { intervals, gapMs } of [heard.byCaller, heard.byPhone]) {
      expect(gapMs).toBe(0);
      expect(totalMs(intervals)).toBeGreaterThan(4000);
    }

    rmSync(ballast);
    const call = await scene.api.filedCall(conversation.from, 60_000);
    expect(call.recording?.completeness).not.toBe('complete');
    expect(call.recording?.reason).not.toBeNull();
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
