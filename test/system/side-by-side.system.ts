import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runForBytes } from '../../provisioning/run-command.ts';
import { endConversation, startConversation } from '../town/conversation.ts';
import { toneIntervals, totalMs } from '../town/listen.ts';
import { endpointsOf, postgresOf, recordingOf } from '../town/recorded.ts';
import { type Scene, startScene } from '../town/scene.ts';
import { eventually, pause } from '../town/waiting.ts';

describe('two boxes on one machine', () => {
  let one: Scene;
  let other: Scene;

  beforeAll(async () => {
    one = await startScene();
    other = await startScene();
  });

  afterAll(async () => {
    await other.stop();
    await one.stop();
  });

  it('each takes its own calls at the same time and knows nothing of the other', async () => {
    const [here, there] = await Promise.all([
      startConversation(one, { phoneSays: { tone: 700 } }),
      startConversation(other, { phoneSays: { tone: 900 } }),
    ]);
    await pause(1500);
    await Promise.all([endConversation(here), endConversation(there)]);
    const calls = [await one.api.filedCall(here.from), await other.api.filedCall(there.from)] as const;
    // Two boxes and two towns on one small machine: a frame may come late, but it may not come to the other box.
    for (const call of calls) expect(call.recording?.state).toBe('sealed');
    expect(await one.api.searchCalls()).toHaveLength(1);
    expect(await other.api.searchCalls()).toHaveLength(1);
    expect(totalMs(toneIntervals((await recordingOf(one, calls[0])).right, 700))).toBeGreaterThan(1200);
    expect(totalMs(toneIntervals((await recordingOf(other, calls[1])).right, 900))).toBeGreaterThan(1200);
  });

  it('a number that was withheld stands in no file and no row of the box', async () => {
    const secret = '09081726354';
    const conversation = await startConversation(one, { from: secret, presentation: 'withheld' });
    expect(conversation.phoneCall.callerNumber).not.toContain(secret.slice(1));
    await pause(500);
    await endConversation(conversation);
    await one.api.callWhere(
      'the withheld call to be sealed',
      {},
      ({ presentation, number, recording }) =>
        presentation === 'withheld' && number === null && recording?.state === 'sealed',
    );
    const visible = await startConversation(one, { from: '09081726399' });
    await endConversation(visible);
    await one.api.filedCall('09081726399');

    const { toolsDir } = endpointsOf(one.box.home);
    const { environment, args } = postgresOf(one.box.home);
    const dump = await runForBytes(join(toolsDir, 'pg_dump'), args, { env: { ...process.env, ...environment } });
    expect(dump.includes('9081726399')).toBe(true);
    expect(dump.includes(secret.slice(1))).toBe(false);
    const files = execFileSync('grep', ['-r', '-l', '-a', '-F', '9081726', one.box.home], { encoding: 'utf8' });
    expect(files).not.toBe('');
    expect(() => execFileSync('grep', ['-r', '-l', '-a', '-F', secret.slice(1), one.box.home])).toThrow();
  });

  it('a recording whose file is gone: the call stays in the list, and playing it says what is wrong', async () => {
    const conversation = await startConversation(other);
    await pause(500);
    await endConversation(conversation);
    const call = await other.api.filedCall(conversation.from);
    const id = call.recording?.id ?? '';
    const vault = join(other.box.home, 'vault');
    const file = readdirSync(vault, { recursive: true, encoding: 'utf8' }).find((name) => name.includes(id));
    rmSync(join(vault, file ?? 'no file of this recording'));
    await expect(other.api.audio(id)).rejects.toMatchObject({ errorId: 'recording-file-missing' });
    expect((await other.api.searchCalls({ number: conversation.from })).map((found) => found.id)).toEqual([call.id]);
    const next = await startConversation(other);
    await endConversation(next);
    await eventually('the next call to be filed', async () => await other.api.filedCall(next.from, 1000));
  });
});
