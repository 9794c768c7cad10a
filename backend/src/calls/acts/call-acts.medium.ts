import { mkdir, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../../test/medium/api/api-under-test.ts';
import { aCall, fileCalls } from '../../../../test/medium/api/filed-calls.ts';
import { type Visitor } from '../../../../test/medium/api/visitor.ts';
import { smallOffice } from '../../configuration/document.fixture.ts';
import { PhoneCodes } from '../../phones/phone-codes.schema.ts';
import { Clock } from '../../platform/clock.ts';
import { MessageReceiver, MessageSender } from '../../platform/messages.ts';
import { Settings } from '../../platform/settings.ts';
import { CallJournal } from '../call-journal.service.ts';
import { CallDetail } from '../call.schema.ts';
import { silentLogger } from '../doubles.fixture.ts';
import { begin, entry } from '../journal.fixture.ts';
import { appendJournal, readJournal } from '../journal.ts';
import type { CallAct } from './call-act.schema.ts';
import { CallActHandlers } from './call-act-handlers.ts';
import { CallActReceiver } from './call-act-receiver.service.ts';
import { CallPhones } from './call-phones.schema.ts';
import { Marking } from './marking.service.ts';

let api: ApiUnderTest;
let clerk: Visitor;
let spool: string;
/** The telephony process's part, listening to the same database. */
let telephony: CallActReceiver | undefined;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  clerk = await api.administrator();
  spool = api.settings.layout.spool;
  await mkdir(spool, { recursive: true });
});
afterEach(async () => {
  telephony?.onApplicationShutdown();
  telephony = undefined;
  await rm(spool, { recursive: true, force: true });
  await mkdir(spool, { recursive: true });
});
afterAll(() => api.stop());

const of = <T>(type: abstract new (...args: never[]) => T): T => api.http.application.get(type, { strict: false });

function startTelephony(handlers = new CallActHandlers(), clock = of(Clock)): CallActHandlers {
  const settings = of(Settings);
  new Marking(handlers, new CallJournal(settings, of(Clock), silentLogger)).onModuleInit();
  telephony = new CallActReceiver(handlers, of(MessageReceiver), of(MessageSender), settings, clock, silentLogger);
  telephony.onApplicationBootstrap();
  return handlers;
}

async function callInProgress({ over = false } = {}): Promise<string> {
  const call = aCall({ endedAt: null });
  await fileCalls(api.database.dataSource, [call]);
  await appendJournal(spool, call.id, begin());
  if (over) await appendJournal(spool, call.id, entry('end', 9, { cause: '16', by: 'caller' }));
  return call.id;
}

const mark = (id: string) => clerk.ask('PUT', `/api/v1/calls/${id}/mark`);
const unmark = (id: string) => clerk.ask('DELETE', `/api/v1/calls/${id}/mark`);
const failure = ({ status, json }: { status: number; json: () => Record<string, unknown> }) => [status, json().errorId];

describe('a call in progress', () => {
  it('is marked by the telephony process: in its journal, with who did it, once, and taken back', async () => {
    startTelephony();
    const id = await callInProgress();
    expect((await mark(id)).status).toBe(204);
    expect((await mark(id)).status).toBe(204);
    expect((await unmark(id)).status).toBe(204);
    const [, ...entries] = await readJournal(spool, id);
    expect(entries.map(({ e }) => e)).toEqual(['marked', 'unmarked']);
    const [user] = await api.database.dataSource.query<{ id: string; name: string }[]>('SELECT id, name FROM users');
    expect(entries[0]).toMatchObject({ user: user?.id, userName: user?.name });
    const audited = [...(await api.audited('call.mark')), ...(await api.audited('call.unmark'))];
    expect(audited.filter(({ subject }) => subject === id)).toHaveLength(3);
  });

  it('that has just ended says so', async () => {
    startTelephony();
    expect(failure(await mark(await callInProgress({ over: true })))).toEqual([409, 'call-over']);
  });

  it('is not acted on when nobody carries it: the answer says so, and who comes to it late does nothing', async () => {
    class LateClock extends Clock {
      override now(): Date {
        return new Date(super.now().getTime() + 60_000);
      }
    }
    startTelephony(new CallActHandlers(), new LateClock());
    const id = await callInProgress();
    expect(failure(await mark(id))).toEqual([503, 'telephony-away']);
    expect((await readJournal(spool, id)).map(({ e }) => e)).toEqual(['begin']);
  });

  it('goes on when an act fails, and the answer says what to do', async () => {
    const handlers = startTelephony();
    handlers.enlist('mark', () => Promise.reject(new Error('Asterisk is gone')));
    expect(failure(await mark(await callInProgress()))).toEqual([502, 'call-act-failed']);
    handlers.enlist('mark', () => Promise.resolve('not-in-conversation'));
    expect(failure(await mark(await callInProgress()))).toEqual([409, 'not-in-conversation']);
  });

  it('gets its acts one after the other', async () => {
    const handlers = startTelephony();
    const running: number[] = [];
    let atOnce = 0;
    handlers.enlist('mark', async () => {
      running.push((atOnce += 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
      atOnce -= 1;
      return 'done';
    });
    const id = await callInProgress();
    await Promise.all([mark(id), mark(id), mark(id)]);
    expect(running).toEqual([1, 1, 1]);
  });
});

describe('the phones of a call in progress', () => {
  it('are told with how they are; of a call that is over there are none', async () => {
    await clerk.ask('PUT', '/api/v1/configuration', { body: smallOffice() });
    const phonesOf = (id: string) => clerk.ask('GET', `/api/v1/calls/${id}/phones`);
    const { talking, others, supervisors } = (await phonesOf(await callInProgress())).as(CallPhones);
    expect([talking, supervisors]).toEqual([null, []]);
    expect(others).toMatchObject([
      { id: 'p201', extension: '201', state: 'unknown' },
      { id: 'p301', extension: '301', state: 'unknown' },
    ]);
    const over = aCall();
    await fileCalls(api.database.dataSource, [over]);
    expect(failure(await phonesOf(over.id))).toEqual([409, 'call-over']);
    expect(failure(await phonesOf(randomUUID()))).toEqual([404, 'not-found']);
  });
});

describe('a call that is handed on', () => {
  it.each([
    ['transfer', { to: 'p202' }, { type: 'transfer', to: 'p202', askFirst: false }],
    ['transfer', { to: 'p202', askFirst: true }, { type: 'transfer', to: 'p202', askFirst: true }],
    ['park', undefined, { type: 'park' }],
    ['pick-up', { phone: 'p202' }, { type: 'pick-up', phone: 'p202' }],
  ] as const)('is asked for: %s %j', async (what, body, act) => {
    const asked: CallAct[] = [];
    startTelephony().enlist(what, (one) => {
      asked.push(one);
      return Promise.resolve(asked.length > 1 ? 'not-parked' : 'done');
    });
    const id = await callInProgress();
    const ask = () => clerk.ask('POST', `/api/v1/calls/${id}/${what}`, body && { body });
    expect((await ask()).status).toBe(204);
    expect(failure(await ask())).toEqual([409, 'not-parked']);
    expect(asked).toEqual([act, act]);
    const { type, ...detail } = act;
    const audited = (await api.audited(`call.${type}`)).filter(({ subject }) => subject === id);
    expect(audited.map((event) => event.detail)).toEqual([detail, detail]);
  });

  it.each([
    ['transfer', { to: '../p202' }],
    ['transfer', { to: 'p202', askFirst: 'perhaps' }],
    ['pick-up', {}],
  ])('to nobody is refused before anybody is asked: %s %j', async (what, body) => {
    const id = await callInProgress();
    const answer = await clerk.ask('POST', `/api/v1/calls/${id}/${what}`, { body });
    expect(failure(answer)).toEqual([400, 'invalid-input']);
  });
});

describe('the recording of a call in progress', () => {
  it.each(['keep', 'pause', 'resume'] as const)('is asked for: %s', async (what) => {
    const asked: unknown[] = [];
    const handlers = startTelephony();
    handlers.enlist(`${what}-recording`, (act, { callId }) => {
      asked.push([act.type, callId]);
      return Promise.resolve(asked.length > 1 ? 'not-recorded' : 'done');
    });
    const id = await callInProgress();
    const ask = () => clerk.ask('POST', `/api/v1/calls/${id}/recording/${what}`);
    expect((await ask()).status).toBe(204);
    expect(failure(await ask())).toEqual([409, 'not-recorded']);
    expect(asked).toEqual([0, 1].map(() => [`${what}-recording`, id]));
    expect((await api.audited(`call.${what}-recording`)).map(({ subject }) => subject)).toEqual([id, id]);
  });
});

describe('a call that is over', () => {
  it('is marked in its row, found by it, and the mark is taken back', async () => {
    const call = aCall();
    await fileCalls(api.database.dataSource, [call]);
    expect((await mark(call.id)).status).toBe(204);
    expect((await mark(call.id)).status).toBe(204);
    const detail = (await clerk.ask('GET', `/api/v1/calls/${call.id}`)).as(CallDetail);
    expect(detail.marked).toBe(true);
    expect(detail.timeline.filter(({ event }) => event === 'marked')).toHaveLength(1);
    const found = await clerk.ask('POST', '/api/v1/calls/search', { body: { marked: true } });
    expect(found.json()).toMatchObject({ calls: [{ id: call.id }] });
    expect((await unmark(call.id)).status).toBe(204);
    const none = await clerk.ask('POST', '/api/v1/calls/search', { body: { marked: true } });
    expect(none.json()).toMatchObject({ calls: [] });
  });

  it('that does not exist is not found', async () => {
    expect(failure(await mark(randomUUID()))).toEqual([404, 'not-found']);
  });
});

it('the codes to press are told', async () => {
  const { codes } = (await clerk.ask('GET', '/api/v1/phone-codes')).as(PhoneCodes);
  expect(codes).toContainEqual(expect.objectContaining({ code: '*1', when: 'talking' }));
});
