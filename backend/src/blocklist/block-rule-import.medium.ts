import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ADMIN, ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import type { Visitor } from '../../../test/medium/api/visitor.ts';
import { atItsTrace } from '../../../test/medium/held-trace.ts';
import { uploadedBy } from '../../../test/medium/two-people.ts';
import { Failure } from '../platform/http/openapi.ts';
import { BlockRulesImported } from './block-rule.schema.ts';
import { BlockRulesRepository } from './block-rules.repository.ts';

/** Several of the slices in which a file is read and written. */
const ROWS = 2500;
const HEADING = '種別,番号,処置,理由,見直し日';
const rowOf = (n: number, action = '拒否') => `番号,0901${String(n).padStart(7, '0')},${action},迷惑,2099-03-31`;
const fileOf = (rows: readonly string[]) => [HEADING, ...rows].join('\r\n');
const file = fileOf(Array.from({ length: ROWS }, (_, n) => rowOf(n)));

let api: ApiUnderTest;
let proposer: Visitor;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  await api.database.dataSource.query('UPDATE users SET must_change_password = false');
  proposer = await api.administrator();
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.database.dataSource.query('DELETE FROM block_rules');
});

const upload = (csv: string, query = '', visitor = proposer) => uploadedBy(visitor, csv, query);
type Answer = Awaited<ReturnType<typeof upload>>;
const told = (answer: Answer) => {
  const { total, problems } = answer.as(Failure).details as { total: number; problems: { row: number }[] };
  return { total, rows: problems.map(({ row }) => row) };
};
async function stored(): Promise<number> {
  const [row]: { count: string }[] = await api.database.dataSource.query('SELECT count(*) FROM block_rules');
  return Number(row?.count);
}

describe('an import of block rules', () => {
  it('whose database connection is cut at its last step leaves nothing, says so, and comes in whole when tried again', async () => {
    const traces = async () => (await api.audited('block-rules.import')).length;
    const before = await traces();
    const importing = upload(file);
    try {
      await atItsTrace(api.database.dataSource, async (pid) => {
        await api.database.dataSource.query('SELECT pg_terminate_backend($1)', [pid]);
        const answer = await importing;
        expect([answer.status, answer.as(Failure).errorId]).toEqual([503, 'database-down']);
      });
    } finally {
      // Nothing of it may come into what is tested next.
      await importing;
    }
    expect([await stored(), await traces()]).toEqual([0, before]);
    expect((await upload(file)).as(BlockRulesImported)).toMatchObject({ proposed: ROWS, skipped: 0 });
    expect([await stored(), await traces()]).toEqual([ROWS, before + 1]);
    expect((await api.audited('block-rules.import')).at(-1)).toMatchObject({ detail: { proposed: ROWS, skipped: 0 } });
  }, 120_000);

  it('that runs twice at once stores each rule once, and names the rows of the other as duplicates', async () => {
    const second = api.visitor();
    await second.logIn(ADMIN.login, ADMIN.password);
    const answers = await Promise.all([upload(file), upload(file, '', second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(await stored()).toBe(ROWS);
    const refused = answers.find(({ status }) => status === 422);
    expect(refused && told(refused)).toMatchObject({ total: ROWS, rows: { length: 200, 0: 2 } });
  });

  it('that waits too long for another change is told so, and changes nothing', async () => {
    const repository = api.http.application.get(BlockRulesRepository, { strict: false });
    const { longestTurnMs } = repository;
    const first = upload(fileOf([rowOf(0)]));
    try {
      await atItsTrace(api.database.dataSource, async () => {
        repository.longestTurnMs = 100;
        const second = await upload(fileOf([rowOf(1)]));
        expect([second.status, second.as(Failure).errorId]).toEqual([503, 'block-rules-busy']);
      });
    } finally {
      repository.longestTurnMs = longestTurnMs;
      expect((await first).status).toBe(200);
    }
    expect(await stored()).toBe(1);
    expect((await upload(fileOf([rowOf(1)]))).status).toBe(200);
  });

  it('with a mistake in its first rows stores none, and tells those of its last rows, too', async () => {
    const rows = Array.from({ length: ROWS }, (_, n) => rowOf(n));
    rows[3] = rowOf(3, '切る');
    rows[ROWS - 2] = rowOf(5);
    rows[ROWS - 1] = rowOf(ROWS, '切る');
    const answer = await upload(fileOf(rows));
    expect([answer.status, told(answer)]).toEqual([422, { total: 3, rows: [5, ROWS, ROWS + 1] }]);
    expect(await stored()).toBe(0);
  });

  it('leaves out what is there already or stands further up, when asked to', async () => {
    const half = Array.from({ length: ROWS / 2 }, (_, n) => rowOf(n));
    await upload(fileOf(half));
    const more = Array.from({ length: ROWS }, (_, n) => rowOf(n % (ROWS - 100)));
    const answer = (await upload(fileOf(more), '?duplicates=skip')).as(BlockRulesImported);
    expect(answer).toMatchObject({ proposed: ROWS / 2 - 100, skipped: ROWS / 2 + 100 });
    expect(await stored()).toBe(ROWS - 100);
  });
});
