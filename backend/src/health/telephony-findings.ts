import type { EndpointContact } from '../asterisk/ami-commands.ts';
import { PBX_ENDPOINT, phoneEndpoint, trunkEndpoint } from '../asterisk/dialplan-names.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import type { TrunkStateName } from '../trunks/trunk-state.schema.ts';
import { accountOf, type Registration, trunkFacts } from '../trunks/trunk-state.ts';
import type { HealthStatus } from './health.schema.ts';

export interface Finding {
  checkId: string;
  status: HealthStatus;
  detail: string | null;
  /** Of a trunk or a phone. */
  state?: TrunkStateName;
  roundTripMs?: number | null;
}

const finding = (checkId: string, status: HealthStatus, detail: string | null = null): Finding => ({
  checkId,
  status,
  detail,
});

/** Older ones have holes through which calls can be listened to or dropped (telephony.md 7). */
const OLDEST_SAFE_VERSION = [22, 10, 1] as const;

/** @param version as Asterisk tells it, e.g. `22.10.1+dfsg` */
export function isSafeVersion(version: string): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (!parts) return false;
  for (const [index, oldest] of OLDEST_SAFE_VERSION.entries()) {
    const part = parts[index] ?? 0;
    if (part !== oldest) return part > oldest;
  }
  return true;
}

/** @param version null = Asterisk cannot be asked */
export function asteriskFinding(version: string | null, amiConnected: boolean): Finding {
  if (version === null) {
    return finding('asterisk', 'down', '電話の交換部(Asterisk)に接続できません。自動で再接続しています。');
  }
  if (!isSafeVersion(version)) {
    const oldest = OLDEST_SAFE_VERSION.join('.');
    const detail = `Asterisk ${version} には既知の脆弱性があります。${oldest} 以降に更新してください。`;
    return finding('asterisk', 'degraded', detail);
  }
  if (!amiConnected) return finding('asterisk', 'degraded', '電話の交換部の管理接続(AMI)が切れています。');
  return finding('asterisk', 'ok', `Asterisk ${version}`);
}

export interface TelephonyState {
  failingRecorders: number;
  /** Why the newest configuration is not in force; null when it is. */
  configurationError: string | null;
}

export function telephonyFinding({ failingRecorders, configurationError }: TelephonyState): Finding {
  if (failingRecorders > 0) {
    return finding(
      'telephony',
      'degraded',
      `録音が進んでいない、または予備の録音に切り替えた通話が${failingRecorders}件あります。`,
    );
  }
  if (configurationError !== null) {
    return finding('telephony', 'degraded', '最新の設定を電話に反映できず、前の設定で動いています。');
  }
  return finding('telephony', 'ok');
}

/** Check of the business phone, of which there is one. */
const PBX_CHECK = 'pbx:pbx';

/** Endpoints with a fixed address. */
export const peersOf = (document: ConfigurationDocument): string[] => [
  ...document.trunks.map(({ id }) => trunkEndpoint(id)),
  ...(document.pbx ? [PBX_ENDPOINT] : []),
];

/** What Asterisk knows of endpoints. */
export interface EndpointFacts {
  contacts: readonly EndpointContact[];
  registrations: readonly Registration[];
  /** SIP status of the last refusal, by account. */
  refusals: ReadonlyMap<string, string>;
}

/** How the trunks and phones of a document are. Nothing is known of any while Asterisk cannot be asked. */
export function endpointFindings(document: ConfigurationDocument, facts: EndpointFacts): Finding[] {
  const contactsOf = (endpoint: string) => facts.contacts.filter((contact) => contact.endpoint === endpoint);
  const trunks = document.trunks.map((trunk): Finding => {
    const endpoint = trunkEndpoint(trunk.id);
    const registration = facts.registrations.find((one) => one.endpoint === endpoint) ?? null;
    const refusal = facts.refusals.get(accountOf(trunk) ?? '') ?? null;
    const told = trunkFacts(trunk, contactsOf(endpoint), registration, refusal);
    const works = ['registered', 'reachable', 'unverified'].includes(told.state);
    const detail = told.detail ?? roundTrip(contactsOf(endpoint));
    return { ...told, ...finding(`trunk:${trunk.id}`, works ? 'ok' : 'down', detail) };
  });
  const phones = document.phones.map((phone) => {
    const own = contactsOf(phoneEndpoint(phone.extension));
    if (phone.type === 'sip') return phoneFinding(`phone:${phone.id}`, own);
    return peerFinding(`phone:${phone.id}`, contactsOf(PBX_ENDPOINT));
  });
  const pbx = document.pbx ? [peerFinding(PBX_CHECK, contactsOf(PBX_ENDPOINT))] : [];
  return [...trunks, ...pbx, ...phones];
}

function peerFinding(checkId: string, contacts: readonly EndpointContact[]): Finding {
  const answers = contacts.some(({ status }) => status === 'reachable');
  if (answers) return { ...finding(checkId, 'ok', roundTrip(contacts)), state: 'reachable' };
  if (contacts.some(({ status }) => status === 'unqualified')) return finding(checkId, 'ok', '応答は未確認です。');
  return { ...finding(checkId, 'down', '相手の機器から応答がありません。'), state: 'unreachable' };
}

function phoneFinding(checkId: string, contacts: readonly EndpointContact[]): Finding {
  if (contacts.length === 0) {
    return { ...finding(checkId, 'down', '電話機が登録されていません。'), state: 'unregistered' };
  }
  if (contacts.every(({ status }) => status === 'unreachable')) {
    return { ...finding(checkId, 'down', '電話機から応答がありません。'), state: 'unreachable' };
  }
  return { ...finding(checkId, 'ok', roundTrip(contacts)), state: 'registered' };
}

function roundTrip(contacts: readonly EndpointContact[]): string | null {
  const best = contacts.map(({ roundTripMs }) => roundTripMs ?? 0).filter((ms) => ms > 0);
  return best.length === 0 ? null : `応答 ${Math.max(1, Math.round(Math.min(...best)))} ミリ秒`;
}

/** @param lost names of notices whose own sound is neither in the database nor on the disk */
export function noticeAudioFinding(lost: readonly string[]): Finding {
  if (lost.length === 0) return finding('notice-audio', 'ok');
  const names = lost.map((name) => `「${name}」`).join('');
  const detail = `告知${names}の音声が見つからず、備え付けの音声を代わりに流しています。「告知」の画面で音声を登録し直してください。`;
  return finding('notice-audio', 'degraded', detail);
}

/** 8 kHz, 16 bit, two channels. */
const SPOOL_BYTES_PER_HOUR = 8000 * 2 * 2 * 3600;
const SHORT_HOURS = 24;
const FULL_BYTES = 100 * 1024 * 1024;

/** @param recordings in progress; with none, one is assumed */
export function spoolFinding(freeBytes: number, recordings: number): Finding {
  const hours = freeBytes / (SPOOL_BYTES_PER_HOUR * Math.max(1, recordings));
  const room = `空き ${(freeBytes / 1e9).toFixed(1)} GB(現在の通話数で約${Math.floor(hours)}時間分)`;
  if (freeBytes < FULL_BYTES) return finding('spool', 'down', `録音スプールがいっぱいで、録音できません。${room}`);
  return hours < SHORT_HOURS
    ? finding('spool', 'degraded', `録音スプールの空きが残りわずかです。${room}`)
    : finding('spool', 'ok', room);
}
