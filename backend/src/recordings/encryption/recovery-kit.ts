import { createHash } from 'node:crypto';
import { DenwabanError } from '../../platform/errors.ts';
import { SecretKey } from './keys.ts';

/*
 * The master key on paper: four numbered lines of sixteen characters, each with eight bytes of the key and two of a
 * checksum over them and the line's number. Crockford's base 32 has neither I, L, O nor U, so that what is read as one of
 * them can only be 1 or 0.
 *
 *   1: 9F3K-Q7TM-0A2B-ZX4W
 */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LINES = 4;
const LINE_KEY_BYTES = 8;
const LINE_CHARACTERS = 16;
const CHECKSUM_LABEL = 'denwaban/recovery-kit/v1';
const DASHES = /[\s\-‐‑‒–—―ーｰ−_.,・]/g;

/** Everything the printed page shows. */
export interface RecoveryKit {
  title: string;
  /** Names the key without telling it: the health page shows the same. */
  keyId: string;
  lines: string[];
  /** Paragraphs under their headings. */
  instructions: readonly { heading: string; steps: readonly string[] }[];
}

export type LineProblem = 'missing' | 'length' | 'character' | 'checksum' | 'order' | 'surplus';

/** Names the lines to look at again, counted from 1. */
export class RecoveryKitUnreadableError extends DenwabanError {
  readonly status = 400;
  readonly errorId = 'recovery-kit-unreadable';
  readonly lines: { line: number; problem: LineProblem }[];

  constructor(lines: { line: number; problem: LineProblem }[]) {
    super(lines.map(({ line, problem }) => `${line}行目: ${PROBLEM_TEXT[problem]}`).join('\n'), { lines });
    this.lines = lines;
  }
}

const PROBLEM_TEXT: Record<LineProblem, string> = {
  missing: 'この行がありません。',
  length: '文字数が違います。4文字ずつ4組、合わせて16文字です。',
  character: '使われない文字が含まれています。',
  checksum: '写し間違いがあります。もう一度見比べてください。',
  order: '別の行と入れ替わっています。',
  surplus: '行が多すぎます。',
};

export function recoveryKit(master: SecretKey): RecoveryKit {
  return {
    title: '電話番 復旧シート(マスター鍵)',
    keyId: master.id,
    lines: Array.from({ length: LINES }, (_, index) => `${index + 1}: ${writeLine(master.bytes, index)}`),
    instructions: INSTRUCTIONS,
  };
}

/**
 * Reads what was typed from a recovery kit. Case, spaces, kinds of dashes, full-width characters, O for 0, I and L for 1,
 * empty lines and line numbers left out do not matter.
 * @throws RecoveryKitUnreadableError naming every wrong line
 */
export function parseRecoveryKit(text: string): SecretKey {
  const typed = text
    .normalize('NFKC')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(readLine);
  const problems: { line: number; problem: LineProblem }[] = [];
  const parts: Buffer[] = [];
  for (let index = 0; index < Math.max(LINES, typed.length); index++) {
    const read = index < LINES ? checkLine(typed[index], index) : 'surplus';
    if (typeof read === 'string') problems.push({ line: index + 1, problem: read });
    else parts.push(read);
  }
  if (problems.length > 0) throw new RecoveryKitUnreadableError(problems);
  return new SecretKey(Buffer.concat(parts));
}

function writeLine(key: Uint8Array, index: number): string {
  const part = key.subarray(index * LINE_KEY_BYTES, (index + 1) * LINE_KEY_BYTES);
  const characters = toBase32(Buffer.concat([part, checksum(part, index)]));
  return characters.replace(/.{4}(?=.)/g, '$&-');
}

function readLine(line: string): string {
  const compact = line
    .replace(/^\s*[1-9]\s*[:)]/, '')
    .replace(DASHES, '')
    .toUpperCase();
  return compact.replace(/O/g, '0').replace(/[IL]/g, '1');
}

function checkLine(line: string | undefined, index: number): Buffer | LineProblem {
  if (line === undefined) return 'missing';
  if (!/^[0-9A-HJKMNP-TV-Z]*$/.test(line)) return 'character';
  if (line.length !== LINE_CHARACTERS) return 'length';
  const bytes = fromBase32(line);
  const part = bytes.subarray(0, LINE_KEY_BYTES);
  const fits = (at: number) => checksum(part, at).equals(bytes.subarray(LINE_KEY_BYTES));
  if (fits(index)) return part;
  return Array.from({ length: LINES }, (_, at) => at).some(fits) ? 'order' : 'checksum';
}

function checksum(part: Uint8Array, index: number): Buffer {
  return createHash('sha256')
    .update(CHECKSUM_LABEL)
    .update(Uint8Array.of(index + 1))
    .update(part)
    .digest()
    .subarray(0, 2);
}

function toBase32(bytes: Buffer): string {
  let value = BigInt(`0x${bytes.toString('hex')}`);
  let characters = '';
  for (let i = 0; i < LINE_CHARACTERS; i++) {
    characters = ALPHABET.charAt(Number(value & 31n)) + characters;
    value >>= 5n;
  }
  return characters;
}

function fromBase32(characters: string): Buffer {
  let value = 0n;
  for (const character of characters) value = (value << 5n) | BigInt(ALPHABET.indexOf(character));
  return Buffer.from(value.toString(16).padStart((LINE_CHARACTERS * 5) / 4, '0'), 'hex');
}

const INSTRUCTIONS: RecoveryKit['instructions'] = [
  {
    heading: 'この用紙は何か',
    steps: [
      'この装置の録音は暗号化して保存されています。下の4行は、その暗号を解くためのマスター鍵です。',
      '装置が壊れたとき、ディスクを取り替えたとき、バックアップから戻すときに必要です。この用紙とバックアップの両方がそろえば、録音を元どおり聞くことができます。',
      'この用紙を失い、装置も使えなくなると、録音は誰にも(開発者にも)復元できません。',
    ],
  },
  {
    heading: '保管のしかた',
    steps: [
      '2部印刷し、別々の場所の施錠できる金庫または保管庫に、封をして保管してください。',
      '保管場所、保管した日、保管者を録音管理台帳に記入してください。',
      'パソコンやファイルサーバーへの保存、写真撮影、メールでの送付はしないでください。',
      'この用紙とバックアップの媒体を同じ場所に置かないでください。両方を持つ人は、すべての録音を聞くことができます。',
    ],
  },
  {
    heading: '使うとき',
    steps: [
      '装置の端末で、電話番を置いたフォルダーに移り、node provisioning/bootstrap.mjs recovery-kit --restore を実行して、4行を上から順に入力してください。電話番は動いたままで構いません。',
      '大文字と小文字、全角と半角、区切りの有無は区別しません。数字の0と英字のO、数字の1と英字のI・Lはどちらで入力しても構いません。',
      '写し間違いがあるときは、何行目かを表示します。',
      '入力のあと、表示される鍵番号がこの用紙の鍵番号と同じことを確かめてください。',
    ],
  },
  {
    heading: '新しくしたとき',
    steps: [
      'マスター鍵を更新すると、新しい復旧シートが必要です。更新の完了と新しいバックアップを確かめてから、古い用紙を裁断して廃棄してください。',
      'この用紙が人目に触れたおそれがあるときは、すぐにマスター鍵を更新してください。',
    ],
  },
];
