import type { EndpointContact } from '../asterisk/ami-commands.ts';
import type { Trunk } from './trunk.schema.ts';
import type { TrunkStateName } from './trunk-state.schema.ts';

/** A registration as Asterisk tells it, by the endpoint it is for. */
export interface Registration {
  endpoint: string;
  /** `Registered`, `Unregistered`, `Rejected`, `Stopped`. */
  status: string;
}

export interface TrunkFacts {
  state: TrunkStateName;
  detail: string | null;
  roundTripMs: number | null;
}

/**
 * How a trunk is.
 * @param contacts of its endpoint
 * @param refusal SIP status by which the registrar last refused; null when it is not known
 */
export function trunkFacts(
  trunk: Trunk,
  contacts: readonly EndpointContact[],
  registration: Registration | null,
  refusal: string | null,
): TrunkFacts {
  const roundTripMs = contacts.find(({ status }) => status === 'reachable')?.roundTripMs ?? null;
  const answers = contacts.some(({ status }) => status === 'reachable');
  const silent = !answers && contacts.every(({ status }) => status === 'unreachable');
  if (trunk.type === 'registration' && registration?.status !== 'Registered') {
    return { ...unregistered(registration, refusal, silent), roundTripMs };
  }
  if (silent) return { state: 'unreachable', detail: SILENT[trunk.type], roundTripMs };
  if (trunk.type === 'registration') return { state: 'registered', detail: null, roundTripMs };
  if (answers) return { state: 'reachable', detail: null, roundTripMs };
  return { state: 'unverified', detail: '応答は未確認です。', roundTripMs };
}

const SILENT = {
  peer: '相手の機器から応答がありません。',
  // Some gateways register whoever comes, and answer no OPTIONS.
  registration:
    '登録はできていますが、応答の確認(OPTIONS)に返事がありません。確認に答えない機種の場合は、設定の「応答の確認(秒ごと)」を0にしてください。',
} as const;

function unregistered(registration: Registration | null, refusal: string | null, silent: boolean) {
  if (registration?.status === 'Rejected' || (refusal !== null && !silent)) {
    const status = refusal === null ? '' : `(SIP ${refusal})`;
    const advice = refusal?.startsWith('5')
      ? '相手の機器の都合です。自動で繰り返しています。'
      : 'ユーザー名とパスワードを確かめてください。';
    return { state: 'rejected' as const, detail: `登録を拒否されました${status}。${advice}` };
  }
  if (silent) return { state: 'unreachable' as const, detail: '登録先の機器から応答がありません。' };
  return { state: 'unregistered' as const, detail: 'まだ登録されていません。自動で繰り返しています。' };
}

const ANSWER =
  /(?:'(\d{3})'|(403) Forbidden|No response)[^\n']*(?:'[^\n']*')? on registration attempt to 'sip:([^\n':]+)/g;

/**
 * @returns SIP status by which an account (`user@domain`) was refused last, in a part of Asterisk's log; none of one that has had no
 * answer since
 */
export function refusalsIn(log: string): ReadonlyMap<string, string> {
  const refusals = new Map<string, string>();
  for (const [, status, forbidden, account = ''] of log.matchAll(ANSWER)) {
    refusals.delete(account);
    const refusal = status ?? forbidden;
    if (refusal !== undefined) refusals.set(account, refusal);
  }
  return refusals;
}

export const accountOf = (trunk: Trunk): string | null =>
  trunk.type === 'registration' ? `${trunk.user}@${trunk.domain ?? trunk.host}` : null;
