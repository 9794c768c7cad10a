import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { CallList, csvCell, lostInCp932, numberText } from './call-list.ts';
import { aManifestRecording, anExportedCall } from './exported-call.fixture.ts';

/** RFC 4180, every cell quoted. */
const cellsOf = (line: string): string[] =>
  Array.from(line.matchAll(/"((?:[^"]|"")*)"/g), ([, cell = '']) => cell.replaceAll('""', '"'));

function columns(call: Parameters<typeof anExportedCall>[0], told = aManifestRecording()) {
  const list = new CallList('utf-8');
  const headings = cellsOf(list.heading().toString().replace('\ufeff', ''));
  const cells = cellsOf(list.row(anExportedCall(call), told).toString());
  expect(cells).toHaveLength(headings.length);
  return Object.fromEntries(headings.map((heading, index) => [heading, cells[index]]));
}

describe('the list of an export', () => {
  it('tells each call in the words and the time of the office', () => {
    expect(columns({})).toMatchObject({
      ...{ 番号: '1', 書き出し: '済', 通話開始: '2026-11-21 09:05:33', 通話終了: '2026-11-21 09:09:37' },
      ...{ 方向: '着信', 相手番号: '090-1234-5678', 着信番号: '代表', 窓口: '市民課', 電話機: '市民課1', 結果: '応答' },
      ...{
        録音開始: '2026-11-21 09:05:33',
        '録音の長さ(秒)': '244.0',
        録音の状態: '完全',
        '欠けている時間(秒)': '0.0',
      },
    });
  });

  it('says why there is no file', () => {
    const told = aManifestRecording({ file: null, notExported: 'file-damaged' });
    expect(columns({}, told)).toMatchObject({
      ファイル名: '',
      書き出し: '録音庫のファイルが壊れています',
      'SHA-256': '',
    });
  });

  it('is UTF-8 that Excel knows as such, lines ended as in Windows', () => {
    const list = new CallList('utf-8');
    expect(list.heading().subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(list.row(anExportedCall(), aManifestRecording()).subarray(0, 3)).not.toEqual(
      Buffer.from([0xef, 0xbb, 0xbf]),
    );
    expect(list.heading().toString().endsWith('"\r\n')).toBe(true);
  });

  it.each(['=1+1', '+81312345678', '-2+3', '@SUM(A1)', ' =1', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠A1'])(
    'holds nothing that a spreadsheet would calculate: %j',
    (text) => {
      expect(csvCell(text)).toMatch(/^"'/);
    },
  );

  /** What Excel shows of a cell of a CSV file: it takes what looks like an amount or a date for one, quoted or not. */
  const shownByExcel = (cell: string): string => {
    if (/^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(cell)) {
      return cell.length > 11 ? Number(cell).toExponential(5) : String(Number(cell));
    }
    return /^\d{1,4}[-/]\d{1,2}(?:[-/]\d{1,4})?$/.test(cell) ? 'a date' : cell;
  };

  it.each([
    ['0312345678', '03-1234-5678'],
    ['09012345678', '090-1234-5678'],
    ['0120444113', '0120-444-113'],
    ['0452221234', '045-222-1234'],
    ['0267123456', "'0267123456"],
    ['0998761234', "'0998761234"],
    ['0', '0'],
    ['110', '110'],
    ['0110', "'0110"],
    ['81312345678', '81312345678'],
    ['123456789012', "'123456789012"],
    ['+14155550123', "'+14155550123"],
  ])('holds the number %s so that a spreadsheet shows every digit of it', (number, expected) => {
    const { 相手番号: party, ダイヤルされた番号: dialled } = columns({ number, dialled: number });
    expect([party, dialled]).toEqual([expected, expected]);
    expect(shownByExcel(expected)).toBe(expected);
  });

  it('loses no digit of any number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^0?\d{1,15}$/), (number) => {
        expect(shownByExcel(numberText(number)).replace(/\D/g, '')).toBe(number);
      }),
    );
  });

  it('keeps any text in its cell', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (texts) => {
        const line = texts.map(csvCell).join(',');
        expect(line).not.toMatch(/[\r\n]/);
        const read = cellsOf(line).map((cell) => cell.replace(/^'(?=\s*[=+\-@＝＋－＠])/, ''));
        expect(read).toEqual(texts.map((text) => text.replaceAll(/\s+/g, ' ')));
      }),
    );
  });
});

describe('the list in CP932', () => {
  it('replaces what CP932 lacks and says which character it was and where', () => {
    const list = new CallList('cp932');
    expect(iconv.decode(list.heading(), 'cp932')).toMatch(/^"番号","ファイル名"/);
    const line = list.row(
      anExportedCall({ deskName: '𠮷田・髙橋係', phoneName: '森鷗外' }),
      aManifestRecording({ position: 7 }),
    );
    expect(cellsOf(iconv.decode(line, 'cp932')).slice(9, 11)).toEqual(['〓田・髙橋係', '森〓外']);
    expect(list.losses).toEqual([
      { row: 7, column: '窓口', characters: ['𠮷'] },
      { row: 7, column: '電話機', characters: ['鷗'] },
    ]);
    const note = list.note()?.toString() ?? '';
    expect(note).toContain('番号 7、列「窓口」: 𠮷(U+20BB7)\r\n');
    expect(note).toContain('番号 7、列「電話機」: 鷗(U+9DD7)\r\n');
  });

  it('has nothing to say when nothing was lost', () => {
    const list = new CallList('cp932');
    list.row(anExportedCall(), aManifestRecording());
    expect(list.note()).toBeNull();
  });

  it('loses no character that it does not tell', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const lost = new Set(lostInCp932(text));
        const kept = Array.from(text).filter((character) => !lost.has(character));
        expect(iconv.decode(iconv.encode(kept.join(''), 'cp932'), 'cp932')).toBe(kept.join(''));
      }),
    );
  });
});
