import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AriCommands } from '../asterisk/ari-commands.ts';
import { until } from '../asterisk/log.fixture.ts';
import { Clock } from '../platform/clock.ts';
import type { Settings } from '../platform/settings.ts';
import { silentLogger, strictDouble } from './doubles.fixture.ts';
import { begin, entry } from './journal.fixture.ts';
import { appendJournal, journalPath, rawAudioPath } from './journal.ts';
import type { LiveFiling } from './live-filing.service.ts';
import type { LongCallWatch } from './long-calls/long-calls.service.ts';
import { RecorderWatch } from './recorder-watch.service.ts';
import type { SecondRecorder } from './second-recorder.service.ts';
import { SpoolWatch } from './spool-watch.service.ts';

const CALL = '6d1f7c1e-0000-4000-8000-000000000001';
const STEP = Buffer.alloc(32_768);

let spool: string;
let scheduled: string[];
let health: string[];
let recorders: RecorderWatch;
let seconds: string[];
/** Packets that come and go each second. */
let packetsPerSecond: number;
let watch: SpoolWatch;

beforeEach(async () => {
  spool = await mkdtemp(join(tmpdir(), 'denwaban-spool-'));
  scheduled = [];
  health = [];
  const filing = strictDouble<LiveFiling>('LiveFiling', {
    schedule: (callId) => void scheduled.push(callId),
    setRecorder: (_, state) => void health.push(state),
    forget: () => undefined,
  });
  const settings = { layout: { spool } } as Settings;
  seconds = [];
  packetsPerSecond = 100;
  const ari = strictDouble<AriCommands>('AriCommands', {
    mediaPackets: () => Promise.resolve(Math.round((performance.now() / 1000) * packetsPerSecond)),
  });
  const second = strictDouble<SecondRecorder>('SecondRecorder', {
    start: (callId, channelId, again) => {
      seconds.push(`${callId} ${channelId}${again ? ' again' : ''}`);
      return Promise.resolve();
    },
  });
  recorders = new RecorderWatch(settings, new Clock(), filing, ari, second);
  const longCalls = strictDouble<LongCallWatch>('LongCallWatch', { follow: () => undefined, forget: () => undefined });
  watch = new SpoolWatch(settings, filing, recorders, longCalls, silentLogger);
});

afterEach(async () => {
  watch.onApplicationShutdown();
  recorders.onApplicationShutdown();
  await rm(spool, { recursive: true, force: true });
});

function start(): void {
  recorders.onApplicationBootstrap();
  watch.onApplicationBootstrap();
}
const now = (): string => (Date.now() / 1000).toFixed(3);

describe('the watched spool', () => {
  it('has calls filed that were journalled before the process started', async () => {
    await appendJournal(spool, CALL, begin());
    start();
    await until('scheduled', () => scheduled.includes(CALL));
  });

  it('has a call filed for each new line, soon after it was written', async () => {
    start();
    await until('watching', () => watch.ready);
    await appendJournal(spool, CALL, begin());
    await until('first line', () => scheduled.length >= 1, 500);
    const before = scheduled.length;
    await appendJournal(spool, CALL, entry('claimed', 1, {}));
    await until('second line', () => scheduled.length > before, 500);
  });

  it('does not have a call filed again while nothing is added', async () => {
    await appendJournal(spool, CALL, begin());
    start();
    await until('scheduled', () => scheduled.length > 0);
    const before = scheduled.length;
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(scheduled).toHaveLength(before);
  });

  it('takes no notice of other files', async () => {
    await writeFile(join(spool, 'notes.txt'), 'x');
    await writeFile(join(spool, `${CALL}.raw`), STEP);
    start();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(scheduled).toEqual([]);
  });

  it('measures a recorder from its file until the call has ended', async () => {
    await appendJournal(spool, CALL, begin());
    await appendJournal(spool, CALL, { e: 'recorder', at: now() });
    await appendJournal(spool, CALL, { e: 'accepted', at: now() });
    start();
    await until('watched', () => recorders.size === 1);
    await writeFile(rawAudioPath(spool, CALL), STEP);
    await until('growing', () => health.at(-1) === 'growing');
    await until('stalled', () => health.at(-1) === 'stalled', 4500);
    expect(recorders.failing).toBe(1);
    expect(seconds).toEqual([`${CALL} PJSIP/trunk-carrier-00000001`]);
    await appendFile(rawAudioPath(spool, CALL), STEP);
    await until('growing again', () => health.at(-1) === 'growing');
    await appendJournal(spool, CALL, entry('end', 9, { cause: '16', by: 'caller' }));
    await until('let go', () => recorders.size === 0);
  }, 15_000);

  it('tells of a recorder whose file never came', async () => {
    await appendJournal(spool, CALL, begin());
    await appendJournal(spool, CALL, { e: 'recorder', at: now() });
    await appendJournal(spool, CALL, { e: 'accepted', at: now() });
    start();
    await until('stalled', () => health.at(-1) === 'stalled', 4500);
    expect(seconds).toHaveLength(1);
  }, 10_000);

  it('has a second recorder that does not write either tried again, and no more once it writes', async () => {
    await appendJournal(spool, CALL, begin());
    await appendJournal(spool, CALL, { e: 'recorder', at: now() });
    await appendJournal(spool, CALL, { e: 'accepted', at: now() });
    start();
    await until('tried again', () => seconds.length === 2, 15_000);
    expect(seconds.map((line) => line.endsWith(' again'))).toEqual([false, true]);
    await writeFile(rawAudioPath(spool, CALL, 2), STEP);
    await until('growing by the second', () => health.at(-1) === 'growing');
    expect(seconds).toHaveLength(2);
  }, 20_000);

  it('takes what stands in the place of a file for no file', async () => {
    await mkdir(rawAudioPath(spool, CALL));
    await appendJournal(spool, CALL, begin());
    await appendJournal(spool, CALL, { e: 'recorder', at: now() });
    await appendJournal(spool, CALL, { e: 'accepted', at: now() });
    start();
    await until('stalled', () => health.at(-1) === 'stalled', 4500);
    await writeFile(rawAudioPath(spool, CALL, 2), STEP);
    await until('growing by the second', () => health.at(-1) === 'growing');
    expect(seconds).toHaveLength(1);
  }, 10_000);

  it('has no second one started for a recorder that has one, and none when nothing comes to be recorded', async () => {
    await appendJournal(spool, CALL, begin());
    await appendJournal(spool, CALL, { e: 'recorder', at: now() });
    await appendJournal(spool, CALL, { e: 'accepted', at: now() });
    packetsPerSecond = 0;
    start();
    await until('watched', () => recorders.size === 1);
    await new Promise((resolve) => setTimeout(resolve, 3500));
    expect(health).toEqual([]);
    await appendJournal(spool, CALL, { e: 'fault', at: now(), reason: 'recorder-stalled' });
    packetsPerSecond = 100;
    await until('stalled', () => health.at(-1) === 'stalled', 4500);
    expect(seconds).toEqual([]);
  }, 15_000);

  it('forgets a call whose files the worker has removed', async () => {
    await appendJournal(spool, CALL, begin());
    await appendJournal(spool, CALL, { e: 'recorder', at: now() });
    start();
    await until('watched', () => recorders.size === 1);
    await rm(journalPath(spool, CALL));
    await until('forgotten', () => recorders.size === 0);
  });

  it('lives on when the spool itself is gone for a while', async () => {
    await rm(spool, { recursive: true });
    start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await mkdir(spool);
    await appendJournal(spool, CALL, begin());
    await until('scheduled', () => scheduled.includes(CALL));
  });
});
