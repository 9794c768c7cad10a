import { comparableNumber } from '../calls/number-folding.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { EMERGENCY_NUMBERS } from '../phones/emergency-numbers.ts';
import type { BlockAction, BlockMatch } from './block-rule.schema.ts';

/**
 * 電話リレーサービス (令和2年法律第53号): who calls through it shows a number of their own beginning with 050, and must not be
 * refused or cut. No range of it is published, so that nobody can tell such a number from others by its digits: it may
 * stand in the document's `neverBlocked`, and no rule may turn away 050 as a whole.
 */
const RELAY_NUMBERS_BEGIN = '050';
/** 050 numbers are given to operators in blocks of 050-CDEF (電気通信番号計画 別表). */
const OPERATOR_BLOCK_DIGITS = 7;

const TURNED_AWAY = new Set<BlockAction['type']>(['refuse', 'refusal-notice', 'ask-number']);

type Protecting = Pick<ConfigurationDocument, 'lines' | 'phones' | 'neverBlocked'>;

/** @returns numbers no rule may catch, in national form or behind a plus, with whose they are in Japanese */
export function neverBlockedNumbers({ lines, phones, neverBlocked = [] }: Protecting): Map<string, string> {
  return new Map([
    ...lines.map(({ number, name }) => [comparableNumber(number), `着信番号「${name}」`] as const),
    ...phones.flatMap((phone) => {
      const numbers = phone.type === 'pbx' ? [phone.extension, phone.number] : [phone.extension];
      return numbers.map((number) => [comparableNumber(number), `電話機「${phone.name}」`] as const);
    }),
    ...neverBlocked.map(({ number, name }) => [comparableNumber(number), `規制しない番号「${name}」`] as const),
    ...Array.from(EMERGENCY_NUMBERS, (number) => [number, '緊急通報の番号'] as const),
  ]);
}

/** Why callers of this kind must not be caught, in Japanese; null = they may. */
export function whyNeverBlocked(match: BlockMatch, action: BlockAction, numbers: ReadonlyMap<string, string>) {
  if (!('number' in match)) return null;
  const { kind, number } = match;
  const caught = kind === 'exact' ? caughtExactly(number, numbers) : caughtByPrefix(number, numbers);
  if (caught) return `${caught.number} は${caught.whose}のため、規制できません。`;
  const relays = kind === 'prefix' && TURNED_AWAY.has(action.type) && mayBeRelayed(number);
  return relays
    ? '050 で始まる番号には電話リレーサービスの利用者が含まれ、一括して拒否できません。7桁以上の先頭番号にするか、個別の番号にしてください。'
    : null;
}

const mayBeRelayed = (prefix: string): boolean =>
  RELAY_NUMBERS_BEGIN.startsWith(prefix) ||
  (prefix.startsWith(RELAY_NUMBERS_BEGIN) && prefix.length < OPERATOR_BLOCK_DIGITS);

function caughtExactly(number: string, numbers: ReadonlyMap<string, string>) {
  const whose = numbers.get(number);
  return whose === undefined ? null : { number, whose };
}

function caughtByPrefix(prefix: string, numbers: ReadonlyMap<string, string>) {
  for (const [number, whose] of numbers) if (number.startsWith(prefix)) return { number, whose };
  return null;
}
