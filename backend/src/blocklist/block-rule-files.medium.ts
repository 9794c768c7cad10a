import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import type { Visitor } from '../../../test/medium/api/visitor.ts';
import { twoPeople, uploadedBy } from '../../../test/medium/two-people.ts';
import { Failure } from '../platform/http/openapi.ts';
import { BlockRulePage, BlockRulesApproved, BlockRulesImported } from './block-rule.schema.ts';

let api: ApiUnderTest;
let proposer: Visitor;
let approver: Visitor;

const upload = (csv: string | Buffer, query = '') => uploadedBy(proposer, csv, query);
const found = async (search: object) =>
  (await proposer.ask('POST', '/api/v1/block-rules/search', { body: search })).as(BlockRulePage).rules;
const failure = (answer: { status: number; as: (schema: typeof Failure) => Failure }) => [
  answer.status,
  answer.as(Failure).errorId,
];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  ({ proposer, approver } = await twoPeople(api));
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.database.dataSource.query('DELETE FROM block_rules');
});

const HEADING = '種別,番号,処置,切断理由,窓口,着信番号,理由,備考,開始,終了,見直し日';

describe('a file of block rules', () => {
  it('comes in whole, is approved as one, goes out and comes in again', async () => {
    const rows = [
      HEADING,
      '番号,\'09012345678,拒否,話し中,,main,"執拗な, 迷惑",メモ,2026/11/22 9:05,2098/12/31,2027/3/31',
      '先頭番号,０３９９,お断りの案内,,,,迷惑,,,,2027-03-31',
      '非通知,,固定の窓口,,shimin,,迷惑,,,,2027-03-31',
      '',
    ];
    const imported = (await upload(`\ufeff${rows.join('\r\n')}`)).as(BlockRulesImported);
    expect(imported).toMatchObject({ proposed: 3, skipped: 0 });
    const approval = await approver.ask('POST', '/api/v1/block-rules/approve', { body: { batch: imported.batch } });
    expect(approval.as(BlockRulesApproved)).toEqual({ approved: 3 });
    expect(await found({ number: '09012345678' })).toMatchObject([
      {
        match: { number: '09012345678' },
        action: { type: 'refuse', cause: 'busy' },
        lines: ['main'],
        reason: '執拗な, 迷惑',
        startsAt: '2026-11-22T00:05:00.000Z',
        expiresAt: '2098-12-30T15:00:00.000Z',
        reviewOn: '2027-03-31',
      },
    ]);
    for (const encoding of ['utf-8', 'cp932']) {
      const file = await proposer.open('GET', `/api/v1/block-rules/export?encoding=${encoding}`);
      const chunks: Buffer[] = [];
      for await (const chunk of file as AsyncIterable<Buffer>) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const text = encoding === 'cp932' ? iconv.decode(bytes, 'cp932') : bytes.toString();
      expect(text).toContain('"090-1234-5678","拒否","話し中","","main","執拗な, 迷惑","メモ","2026-11-22 09:05"');
      expect(failure(await upload(bytes))).toEqual([422, 'block-rule-import-refused']);
      const again = (await upload(bytes, '?duplicates=skip')).as(BlockRulesImported);
      expect(again).toEqual({ batch: null, proposed: 0, skipped: 3 });
      await api.database.dataSource.query('DELETE FROM block_rules');
      expect((await upload(bytes)).as(BlockRulesImported)).toMatchObject({ proposed: 3 });
    }
    expect(await api.audited('block-rules.import')).toHaveLength(3);
    expect(await api.audited('block-rules.export')).toHaveLength(2);
  });

  it('is refused as a whole, with what is wrong row by row', async () => {
    const rows = [
      HEADING,
      '番号,09011112222,拒否,,,,迷惑,,,,2027-03-31',
      '番号,9011112222,拒否,,,,迷惑,,,,2027-03-31',
      '番号,09011112222,お断りの案内,,,,別の理由,,,,2027-03-31',
      '電話,1,切る,,,,,,いつか,,',
      '番号,0312345678,拒否,,,none,迷惑,,,2020-01-01,2027-02-30',
      '先頭番号,90,拒否,,,,迷惑,,1000-01-01,,2027-03-31',
      `番号,09011113333,拒否,,,,${'長'.repeat(501)},,,,2027-03-31`,
      'constructor,1,拒否,,,,迷惑,,,,2027-03-31',
    ];
    const answer = await upload(rows.join('\n'));
    expect(failure(answer)).toEqual([422, 'block-rule-import-refused']);
    const { problems, total } = answer.as(Failure).details as {
      problems: { row: number; column: string; message: string }[];
      total: number;
    };
    expect(problems.map(({ row, column }) => `${row} ${column}`)).toEqual([
      ...['3 番号', '4 番号', '5 種別', '5 処置', '5 開始', '6 見直し日', '7 開始', '8 理由', '9 種別'],
    ]);
    expect(total).toBe(9);
    for (const { message } of problems) expect(message).toMatch(/[ぁ-ん]/);
    expect(await found({})).toEqual([]);
  });

  it.each([
    ['is empty', ''],
    ['lacks headings', '番号,理由\n1,2'],
    ['has headings of its own', `${HEADING},色\n`],
    ['is no text', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46])],
  ])('that %s is refused', async (_, csv) => {
    expect(failure(await upload(csv))).toEqual([422, 'block-rule-import-refused']);
  });

  it('of another type is refused', async () => {
    const answer = await proposer.ask('POST', '/api/v1/block-rules/import', { body: {} });
    expect(failure(answer)).toEqual([415, 'unsupported-media-type']);
  });
});
