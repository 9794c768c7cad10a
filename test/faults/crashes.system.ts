import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { inDatabase } from '../town/box-database.ts';
import { CALLER_HZ, endConversation, newNumber, PHONE_HZ, startConversation } from '../town/conversation.ts';
import { durationMs, longestGapMs, toneIntervals, totalMs } from '../town/listen.ts';
import { OFFICE, PBX_PHONE } from '../town/office.ts';
import { type Caller } from '../town/party.ts';
import { recordingOf } from '../town/recorded.ts';
import { phonesRegistered, type Scene, startScene } from '../town/scene.ts';
import { eventually, pause } from '../town/waiting.ts';
import { FILE_ROWS, importedAgain, killedInImport, rulesIn } from './killed-import.ts';

/** Asterisk holds 0.12 s; the rest is the time this machine takes to kill and to look at the clock. */
const LOST_AT_MOST_MS = 700;
/** A machine at its limit hands Asterisk some frames too late; the recording has silence in their place. */
const STARVED_MS = 300;

describe('processes are killed', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
  });

  afterEach(async () => {
    scene.box.kill('starter', 'SIGCONT');
    await eventually('the box to be healthy again', healthy, { withinMs: 60_000, everyMs: 200 });
    await phonesRegistered(scene.town);
  });

  afterAll(async () => {
    await scene.stop();
  });

  const healthy = async () => {
    const { checks } = await scene.api.healthDetails();
    return ['postgres', 'asterisk', 'telephony', 'worker'].every(
      (part) => checks.find(({ checkId }) => checkId === part)?.status === 'ok',
    );
  };

  it('Asterisk, in the middle of a conversation: all but the last moment is kept, and the reason is told', async () => {
    const { from, caller } = await startConversation(scene);
    await pause(4000);
    const before = scene.box.pids.asterisk;
    scene.box.kill('asterisk', 'SIGKILL');
    const killedMs = Date.now() - (await caller.invited());
    await scene.box.restarted('asterisk', before);
    await caller.hangUp();
    const call = await scene.api.filedCall(from, 60_000);
    expect(call.recording).toMatchObject({ state: 'sealed', completeness: 'partial', reason: 'interrupted' });
    const { left, right } = await recordingOf(scene, call);
    expect(durationMs(left)).toBeGreaterThan(killedMs - LOST_AT_MOST_MS);
    expect(longestGapMs(toneIntervals(left, CALLER_HZ))).toBeLessThan(STARVED_MS);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(4000 - LOST_AT_MOST_MS - 200);
    expect((await scene.api.callDetail(call.id)).timeline.at(-1)).toMatchObject({ detail: { by: 'lost' } });
  });

  it('Postgres, and it stays down: the call is carried, and filed as soon as there is a database', async () => {
    scene.box.kill('starter', 'SIGSTOP');
    const before = scene.box.pids.postgres;
    scene.box.kill('postgres', 'SIGKILL');
    const conversation = await startConversation(scene);
    await pause(1500);
    await endConversation(conversation);
    await expect(scene.api.searchCalls()).rejects.toThrow();
    scene.box.kill('starter', 'SIGCONT');
    await scene.box.restarted('postgres', before);
    const call = await eventually(
      'the call to be filed',
      async () => await scene.api.filedCall(conversation.from, 1000),
      { withinMs: 60_000 },
    );
    expect(call).toMatchObject({ outcome: 'answered', recording: { state: 'sealed', completeness: 'complete' } });
    expect(totalMs(toneIntervals((await recordingOf(scene, call)).right, PHONE_HZ))).toBeGreaterThan(1200);
  });

  it('the worker, at random moments under load: every call has exactly one whole recording', async () => {
    const prefix = '0907777';
    scene.town.phone(PBX_PHONE).willAnswer({ afterMs: 50 });
    const placing = { calls: true };
    const kills = (async () => {
      let killed = 0;
      while (placing.calls) {
        await pause(100 + Math.random() * 900);
        const pid = scene.box.pids.worker;
        if (pid === undefined) continue;
        process.kill(pid, 'SIGKILL');
        killed += 1;
      }
      return killed;
    })();
    const callers: Caller[] = [];
    for (let index = 0; index < 24; index++) {
      const from = `${prefix}${String(index).padStart(3, '0')}`;
      const caller = await scene.town.call({ from, to: OFFICE.library });
      callers.push(caller);
      await caller.answered();
      await pause(300 + Math.random() * 300);
      await caller.hangUp();
    }
    placing.calls = false;
    expect(await kills).toBeGreaterThan(2);

    const calls = await eventually(
      'every recording to be sealed',
      async () => {
        const found = await scene.api.searchCalls({ number: prefix, limit: 200 });
        return (
          found.length === callers.length && found.every(({ recording }) => recording?.state === 'sealed') && found
        );
      },
      { withinMs: 90_000, everyMs: 250 },
    );
    expect(new Set(calls.map(({ recording }) => recording?.id)).size).toBe(callers.length);
    expect(calls.map(({ recording }) => recording?.completeness)).toEqual(calls.map(() => 'complete'));
    await eventually('the spool to be empty', async () => (await readdir(join(scene.box.home, 'spool'))).length === 0);
    for (const call of calls.slice(0, 3)) {
      expect(totalMs(toneIntervals((await recordingOf(scene, call)).left, CALLER_HZ))).toBeGreaterThan(100);
    }
  });

  it.each(['api', 'postgres'] as const)(
    '%s, in the middle of an import of block rules: nothing of it is left, and it comes in whole when it is sent again',
    async (victim) => {
      await killedInImport(scene, victim);
      await eventually('the box to be healthy again', healthy, { withinMs: 60_000, everyMs: 200 });
      expect(await rulesIn(scene)).toBe(0);
      expect(await importedAgain(scene)).toBe(FILE_ROWS);
      expect(await rulesIn(scene)).toBe(FILE_ROWS);
      await inDatabase(scene.box.home, (client) => client.query('DELETE FROM block_rules'));
    },
  );

  it('everything at once: the next call is taken, and the list is as before', async () => {
    const from = newNumber();
    const first = await startConversation(scene, { from });
    await endConversation(first);
    const filed = await scene.api.filedCall(from);
    const before = { ...scene.box.pids };
    for (const name of ['worker', 'api', 'telephony', 'asterisk', 'postgres']) scene.box.kill(name, 'SIGKILL');
    for (const name of ['postgres', 'asterisk', 'telephony', 'api', 'worker']) {
      await scene.box.restarted(name, before[name]);
    }
    await eventually('the box to be healthy again', healthy, { withinMs: 60_000, everyMs: 200 });
    await phonesRegistered(scene.town);
    expect(await scene.api.searchCalls({ number: from })).toEqual([filed]);
    const second = await startConversation(scene);
    await endConversation(second);
    expect(await scene.api.filedCall(second.from)).toMatchObject({ outcome: 'answered' });
  });
});
