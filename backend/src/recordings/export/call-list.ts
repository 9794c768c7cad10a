import iconv from 'iconv-lite';
import { formatNumber } from '../../calls/number-grouping.ts';
import type { ManifestRecording } from './export-manifest.schema.ts';
import type { ExportedCall } from './export.repository.ts';
import type { ListEncoding } from './export.schema.ts';
import { japanTime } from './file-name.ts';
import { COMPLETENESS, DIRECTION, INCOMPLETE, NO_NUMBER, NOT_EXPORTED, OUTCOME } from './list-words.ts';

/** What stands for a character that the encoding lacks: the printers' mark for a missing letter. */
export const LOST = '〓';
const BYTE_ORDER_MARK = '\ufeff';

type Facts = Pick<ManifestRecording, 'position' | 'callId'> & { call: ExportedCall | null; told: ManifestRecording };

const when = (at: Date | null | undefined): string => (at ? japanTime(at) : '');
const seconds = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? '' : (ms / 1000).toFixed(1);

function partyOf(call: ExportedCall | null): string {
  if (call === null) return '';
  return call.number === null ? NO_NUMBER[call.presentation] : numberText(call.number);
}

/**
 * A number as the console writes it. Where no grouping is certain, an apostrophe in front keeps a spreadsheet from reading
 * digits as an amount: it would drop the first 0, and shorten what has more than eleven.
 */
export function numberText(number: string): string {
  const grouped = formatNumber(number);
  const isAmount = /^\d+$/.test(grouped) && (grouped.length > 11 || grouped !== String(Number(grouped)));
  return isAmount ? `'${grouped}` : grouped;
}

const dialledNumber = (call: ExportedCall | null): string => (call ? numberText(call.dialled) : '');

/** Heading and content of each column. Times are those of Japan. */
const COLUMNS: [string, (facts: Facts) => string][] = [
  ['番号', ({ position }) => String(position)],
  ['ファイル名', ({ told }) => told.file?.name ?? ''],
  ['書き出し', ({ told }) => (told.notExported === null ? '済' : NOT_EXPORTED[told.notExported])],
  ['通話開始', ({ call }) => when(call?.startedAt)],
  ['通話終了', ({ call }) => when(call?.endedAt)],
  ['方向', ({ call }) => (call === null ? '' : DIRECTION[call.direction])],
  ['相手番号', ({ call }) => partyOf(call)],
  ['着信番号', ({ call }) => call?.lineName ?? call?.lineId ?? dialledNumber(call)],
  ['ダイヤルされた番号', ({ call }) => dialledNumber(call)],
  ['窓口', ({ call }) => call?.deskName ?? call?.deskId ?? ''],
  ['電話機', ({ call }) => call?.phoneName ?? call?.phoneId ?? ''],
  ['結果', ({ call }) => (call?.outcome ? OUTCOME[call.outcome] : '')],
  ['録音開始', ({ told }) => when(told.recordingStartedAt === null ? null : new Date(told.recordingStartedAt))],
  ['録音の長さ(秒)', ({ told }) => seconds(told.durationMs)],
  ['録音の状態', ({ told }) => (told.completeness === null ? '' : COMPLETENESS[told.completeness])],
  ['状態の理由', ({ told }) => (told.completenessReason === null ? '' : INCOMPLETE[told.completenessReason])],
  ['欠けている時間(秒)', ({ told }) => seconds(told.missingMs)],
  ['SHA-256', ({ told }) => told.file?.sha256 ?? ''],
  ['録音ID', ({ told }) => told.recordingId ?? ''],
  ['通話ID', ({ callId }) => callId],
];

/**
 * A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"), quoted as in RFC 4180. Line breaks and tabs
 * become spaces: a cell is one line.
 */
export function csvCell(text: string): string {
  const oneLine = text.replaceAll(/\s+/g, ' ');
  const harmless = /^\s*[=+\-@＝＋－＠]/.test(oneLine) ? `'${oneLine}` : oneLine;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Characters of a text that CP932 does not have, each once, in order. */
export function lostInCp932(text: string): string[] {
  return [...new Set(text)].filter(
    (character) => iconv.decode(iconv.encode(character, 'cp932'), 'cp932') !== character,
  );
}

export interface Loss {
  row: number;
  column: string;
  characters: string[];
}

/** 一覧.csv, a line at a time. CRLF, every cell quoted. What CP932 lacks is replaced and kept in `losses`. */
export class CallList {
  readonly losses: Loss[] = [];

  constructor(private readonly encoding: ListEncoding) {}

  heading(): Buffer {
    const line = this.line(COLUMNS.map(([heading]) => heading));
    return this.encoding === 'utf-8' ? Buffer.concat([Buffer.from(BYTE_ORDER_MARK), line]) : line;
  }

  row(call: ExportedCall | null, told: ManifestRecording): Buffer {
    const facts = { position: told.position, callId: told.callId, call, told };
    return this.line(COLUMNS.map(([heading, cell]) => this.fitting(cell(facts), told.position, heading)));
  }

  /** 一覧_注意.txt, or null when nothing was lost. For any text editor of Windows. */
  note(): Buffer | null {
    if (this.losses.length === 0) return null;
    const lines = this.losses.map(({ row, column, characters }) => {
      const which = characters.map((character) => `${character}(${codePoint(character)})`).join('、');
      return `番号 ${row}、列「${column}」: ${which}`;
    });
    const text = [
      `一覧.csv は CP932(Shift_JIS)で作られています。CP932 にない次の文字は「${LOST}」に置き換えました。`,
      '元の文字が必要な場合は、一覧の文字コードを UTF-8 にして書き出してください。',
      '録音のファイル名は置き換えていません。一覧とファイルは、録音IDでも対応を確かめられます(manifest.json)。',
      '',
      ...lines,
      '',
    ];
    return Buffer.from(BYTE_ORDER_MARK + text.join('\r\n'));
  }

  private line(cells: string[]): Buffer {
    const text = `${cells.map(csvCell).join(',')}\r\n`;
    return this.encoding === 'utf-8' ? Buffer.from(text) : iconv.encode(text, 'cp932');
  }

  private fitting(text: string, row: number, column: string): string {
    if (this.encoding === 'utf-8') return text;
    const characters = lostInCp932(text);
    if (characters.length === 0) return text;
    this.losses.push({ row, column, characters });
    return Array.from(text, (character) => (characters.includes(character) ? LOST : character)).join('');
  }
}

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
