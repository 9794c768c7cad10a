import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { type RingStrategy, ringPlanOf } from '../desks/desk.schema.ts';
import type { Presentation } from '../calls/journal.schema.ts';
import type { Openness, ScheduleState } from '../schedules/schedule-state.ts';
import type { EndCause, Outcome, Step, Turn } from './decide.ts';

/** Why a call came to a node, in Japanese. @param outcome of the step before; null = it has just arrived */
export function whyWords(turn: Turn, outcome: Outcome | null): string {
  const failure = outcome?.type === 'no-key' ? 'キーが押されなかったため' : '選択肢にないキーが押されたため';
  const keys = outcome?.type === 'keys' ? `「${outcome.keys}」が押されたため` : '';
  switch (turn) {
    case 'arrived':
      return '着信しました';
    case 'next':
      return outcome ? NEXT[outcome.type] : '';
    case 'chosen':
      return `${keys}、進みました`;
    case 'repeated':
      return `${keys}、もう一度案内します`;
    case 'back':
      return `${keys}、前のメニューに戻りました`;
    case 'tried-again':
      return `${failure}、もう一度案内します`;
    case 'gave-up':
      return `${failure}、やり直しの回数を超えて先に進みました`;
    case 'too-many-choices':
      return '1回の通話で選べる回数を超えたため、先に進みました';
  }
}

const NEXT: Record<Outcome['type'], string> = {
  'notice-ended': '告知が終わりました',
  schedule: '開庁時間により進みました',
  unanswered: '応答がありませんでした',
  busy: '話し中でした',
  'message-ended': '用件の録音が終わりました',
  keys: '',
  'invalid-keys': '',
  'no-key': '',
};

type Named = Pick<ConfigurationDocument, 'notices' | 'desks' | 'schedules'>;

/** What happens at a step, in Japanese. */
export function whatWords(step: Step, document: Named, presentation: Presentation): string {
  switch (step.type) {
    case 'notice':
      return `告知「${nameIn(document.notices, step.notice)}」を流します`;
    case 'schedule':
      return scheduleWords(nameIn(document.schedules ?? [], step.schedule), step.state);
    case 'menu':
      return `案内メニュー「${nameIn(document.notices, step.notice)}」を流し、キーを待ちます`;
    case 'desk':
      return deskWords(document, step.desk);
    case 'forward':
      return `${step.number} に転送します(${shownWords(step.show, presentation)}、${step.ringSeconds}秒呼び出し)`;
    case 'message':
      return `発信音のあと、用件を録音します(最長${step.longestSeconds}秒)`;
    case 'end':
      return `通話を終えます(${CAUSE[step.cause]})`;
  }
}

const CAUSE: Record<EndCause, string> = {
  normal: '切断',
  busy: '話し中',
  'no-answer': '応答なし',
  refused: '着信拒否',
};

const OPENNESS: Record<Openness, string> = { open: '開庁', closed: '時間外', 'closed-day': '閉庁日' };

function scheduleWords(name: string, { openness, rule, dayName }: ScheduleState): string {
  const day = dayName === null ? '' : `(${dayName})`;
  return `開庁時間「${name}」は${OPENNESS[openness]}です。理由: ${RULE[rule]}${day}`;
}

const RULE: Record<ScheduleState['rule'], string> = {
  switch: '臨時の開閉',
  'one-off-day': '特別な日',
  'yearly-day': '毎年の特別な日',
  'turn-of-year': '年末年始(12月29日〜1月3日)',
  'national-holiday': '国民の祝日・休日',
  week: '曜日ごとの時間',
};

const STRATEGY: Record<RingStrategy, string> = {
  all: '一斉',
  'in-order': '順番',
  'round-robin': '持ち回り',
  'least-recent': '待ち時間の長い順',
};

function deskWords({ desks }: Named, id: string): string {
  const desk = desks.find((one) => one.id === id);
  if (!desk) return `窓口「${id}」を呼び出します`;
  const { strategy, ringSeconds } = ringPlanOf(desk);
  return `窓口「${desk.name}」の電話機${desk.members.length}台を${STRATEGY[strategy]}に呼び出します(最長${ringSeconds}秒)`;
}

function shownWords(show: 'caller' | 'office', presentation: Presentation): string {
  if (show === 'office') return '役所の番号を表示';
  return presentation === 'shown' ? '発信者の番号を表示' : '発信者の番号は非通知のまま';
}

const nameIn = (things: readonly { id: string; name: string }[], id: string): string =>
  things.find((thing) => thing.id === id)?.name ?? id;
