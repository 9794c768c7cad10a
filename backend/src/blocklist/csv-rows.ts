import iconv from 'iconv-lite';

export interface CsvRow {
  /** Of the file's rows, the first being 1; line breaks within a cell do not count. */
  row: number;
  cells: string[];
}

/** As Excel writes it: UTF-8 with or without byte order mark, or CP932. */
export function decodeCsv(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return iconv.decode(bytes, 'cp932');
  }
}

/** A cell and what ends it; one with a quote in its middle is taken as it is. */
const CELL = /(?:"((?:[^"]|"")*)(?:"|$)(?=,|\r|\n|$)|([^,\r\n]*))(,|\r?\n|\r|$)/y;

/** Rows of RFC 4180, also with bare line feeds; empty ones are left out. */
export function* csvRows(text: string): Generator<CsvRow> {
  let cells: string[] = [];
  let row = 1;
  for (let at = 0; at <= text.length;) {
    CELL.lastIndex = at;
    const [whole = '', quoted, plain = '', end = ''] = CELL.exec(text) ?? [];
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    at += whole.length;
    if (end === ',') continue;
    if (cells.some((cell) => cell.trim() !== '')) yield { row, cells };
    if (end === '') return;
    cells = [];
    row += 1;
  }
}
