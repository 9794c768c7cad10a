import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { aCall, type FiledCall, fileCalls } from '../../../test/medium/api/filed-calls.ts';
import { Visitor } from '../../../test/medium/api/visitor.ts';
import { Failure } from '../platform/http/openapi.ts';
import { CallDetail, CallPage } from './call.schema.ts';

let api: ApiUnderTest;
let visitor: Visitor;
beforeAll(async () => {
  api = await ApiUnderTest.start();
  visitor = await api.administrator();
});
beforeEach(() => api.database.dataSource.query('DELETE FROM recordings; DELETE FROM calls'));
afterAll(() => api.stop());

const file = (...calls: FiledCall[]) => fileCalls(api.database.dataSource, calls);
const ask = (body: object) => visitor.ask('POST', '/api/v1/calls/search', { body });
const search = async (body: object) => (await ask(body)).as(CallPage);
const idsOf = async (body: object) => (await search(body)).calls.map(({ id }) => id);
const at = (time: string) => new Date(`2026-11-20T${time}Z`);

async function everyPage(body: object, between: () => Promise<void> = () => Promise.resolve()): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: CallPage = await search({ ...body, ...(cursor !== null && { cursor }) });
    ids.push(...page.calls.map(({ id }) => id));
    cursor = page.nextCursor;
    await between();
  } while (cursor !== null);
  return ids;
}

describe('searching calls', () => {
  it('shows the newest first', async () => {
    const calls = [
      aCall({ startedAt: at('01:00:00') }),
      aCall({ startedAt: at('03:00:00') }),
      aCall({ startedAt: at('02:00:00') }),
    ];
    await file(...calls);
    expect(await idsOf({})).toEqual([calls[1]?.id, calls[2]?.id, calls[0]?.id]);
  });

  it('finds a time from its first moment up to, but not including, its last', async () => {
    const [before, first, last, after] = ['00:59:59.999', '01:00:00.000', '01:59:59.999', '02:00:00.000'].map((time) =>
      aCall({ startedAt: at(time) }),
    );
    await file(...[before, first, last, after].filter((call) => call !== undefined));
    expect(await idsOf({ from: '2026-11-20T10:00:00+09:00', to: '2026-11-20T11:00:00+09:00' })).toEqual([
      last?.id,
      first?.id,
    ]);
  });

  it('finds any part of a number, however it is written', async () => {
    const mobile = aCall({ number: '09012345678' });
    const town = aCall({ number: '0312345678' });
    const withheld = aCall({ number: null });
    await file(mobile, town, withheld);
    for (const number of ['090-1234', '０９０−１２３４−５６７８', '+81 90 1234 5678', ' 9012 ']) {
      expect(await idsOf({ number })).toEqual([mobile.id]);
    }
    expect((await idsOf({ number: '1234-5678' })).toSorted()).toEqual([mobile.id, town.id].toSorted());
    expect(await idsOf({ number: '110' })).toEqual([]);
    expect(await idsOf({ number: '' })).toHaveLength(3);
  });

  it('finds by line and by outcome, and by all together', async () => {
    const wanted = aCall({ line: 'tax', outcome: 'abandoned', number: '0312340000' });
    await file(wanted, aCall({ line: 'tax' }), aCall({ outcome: 'abandoned' }), aCall({ number: '0312340000' }));
    expect(await idsOf({ line: 'tax' })).toHaveLength(2);
    expect(await idsOf({ outcome: 'abandoned' })).toHaveLength(2);
    expect(await idsOf({ line: 'tax', outcome: 'abandoned', number: '1234-0000' })).toEqual([wanted.id]);
  });

  it('finds who waits to be called back', async () => {
    const waiting = aCall({ outcome: 'message', callbackRequested: true });
    const other = aCall();
    await file(waiting, other);
    expect(await idsOf({ callbackRequested: true })).toEqual([waiting.id]);
    expect(await idsOf({ callbackRequested: false })).toEqual([other.id]);
  });

  it('refuses what cannot be a number, a time, or a place to go on', async () => {
    for (const [body, path] of [
      [{ number: '田中' }, '/number'],
      [{ number: "' OR 1=1 --" }, '/number'],
      [{ number: '%' }, '/number'],
      [{ from: 'yesterday' }, '/from'],
      [{ to: '2026-11-20' }, '/to'],
      [{ limit: 0 }, '/limit'],
      [{ limit: 201 }, '/limit'],
      [{ cursor: 'AAAA' }, '/cursor'],
      [{ cursor: 'MTAwLjEyMw' }, '/cursor'],
      [{ outcome: 'everything' }, '/outcome'],
    ] as const) {
      const answer = await ask(body);
      expect([answer.status, answer.as(Failure).details]).toEqual([400, [expect.objectContaining({ path })]]);
    }
  });

  it('is written down with what was searched for and how much was found', async () => {
    await file(aCall({ number: '0312345678' }));
    await search({ number: '03-1234', limit: 10 });
    expect((await api.audited('calls.search')).at(-1)).toMatchObject({
      detail: { criteria: { number: '03-1234' }, limit: 10, continued: false, found: 1 },
      remote_address: '127.0.0.1',
    });
  });

  it('shows the recording of a call as far as there is one', async () => {
    const [sealed, ended, live] = [
      aCall({ startedAt: at('03:00:00') }),
      aCall({ startedAt: at('02:00:00') }),
      aCall({ startedAt: at('01:00:00'), endedAt: null }),
    ];
    await file(sealed, ended, live);
    await api.database.dataSource.query(
      `INSERT INTO recordings (id, call_id, state, completeness, started_at, duration_ms, path, sha256)
       VALUES (gen_random_uuid(), $1, 'sealed', 'complete', now(), 60000, 'a.flac', 'ab')`,
      [sealed.id],
    );
    const { calls } = await search({});
    expect(calls.map(({ recording }) => recording?.state ?? null)).toEqual(['sealed', 'sealing', null]);
    expect(calls[0]?.recording).toMatchObject({ completeness: 'complete', durationMs: 60_000 });
  });
});

describe('paging', () => {
  it('loses and doubles no call, whatever the times and page sizes', async () => {
    // Few different times, so that many calls begin at the same moment.
    const moments = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(moments, fc.integer({ min: 1, max: 7 }), async (milliseconds, limit) => {
        await api.database.dataSource.query('DELETE FROM calls');
        const calls = milliseconds.map((ms) => aCall({ startedAt: new Date(1_763_700_000_000 + ms) }));
        await file(...calls);
        const expected = calls.toSorted(
          (a, b) => b.startedAt.getTime() - a.startedAt.getTime() || (a.id < b.id ? 1 : -1),
        );
        expect(await everyPage({ limit })).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 25 },
    );
  });

  it('is not disturbed by calls that come in meanwhile', async () => {
    const calls = Array.from({ length: 9 }, (_, minute) => aCall({ startedAt: at(`01:0${minute}:00`) }));
    await file(...calls);
    const ids = await everyPage({ limit: 2 }, () => file(aCall({ startedAt: at('05:00:00') })));
    expect(ids).toEqual(calls.map(({ id }) => id).toReversed());
  });

  it('has no next page after exactly the last call', async () => {
    await file(aCall(), aCall());
    expect((await search({ limit: 2 })).nextCursor).toBeNull();
    expect((await search({ limit: 1 })).nextCursor).not.toBeNull();
  });
});

describe('looking at a call', () => {
  it('shows its timeline and legs, and is written down', async () => {
    const call = aCall();
    await file(call);
    const detail = (await visitor.ask('GET', `/api/v1/calls/${call.id}`)).as(CallDetail);
    expect(detail.timeline.map(({ event, offsetMs }) => [event, offsetMs])).toEqual([
      ['begin', 0],
      ['end', 60_000],
    ]);
    expect(detail.legs).toMatchObject([{ party: 'outside' }]);
    expect((await api.audited('calls.view')).at(-1)).toMatchObject({ subject: call.id });
  });
});
