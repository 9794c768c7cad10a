import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { type Headroom, type HeadroomLevel, SPOOL_BYTES_PER_HOUR } from '../headroom/headroom.ts';
import type { Voice } from '../notices/voice-choice.service.ts';
import type { HealthCheck, HealthDetails, HealthStatus } from './health.schema.ts';

/** Processes report every 5 s; three missed reports are no accident. */
export const STALE_MS = 15_000;

/** Always there on a healthy box; silence about them means that they do not run. */
const EXPECTED = ['asterisk', 'telephony', 'worker'];
/** Without these the box is of no use to anybody; without any other it does less. */
const VITAL = new Set(['asterisk', 'postgres']);

export interface HealthReport {
  checkId: string;
  status: HealthStatus;
  detail: string | null;
  since: Date;
  reportedAt: Date;
}

/** A report counts only while it is fresh. */
export function checkOf({ checkId, status, detail, since, reportedAt }: HealthReport, now: Date): HealthCheck {
  const silentMs = now.getTime() - reportedAt.getTime();
  if (silentMs <= STALE_MS) return { checkId, status, detail, since: since.toISOString() };
  const seconds = Math.floor(silentMs / 1000);
  return { checkId, status: 'down', detail: `${seconds}秒間報告がありません。`, since: reportedAt.toISOString() };
}

const missing = (checkId: string): HealthCheck => ({
  checkId,
  status: 'down',
  detail: 'まだ報告がありません。起動していない可能性があります。',
  since: null,
});

/** Whether a check is of a trunk, the pbx or a phone, e.g. `phone:p201`, and not of a part of the box. */
export const isOfThing = (checkId: string) => checkId.includes(':');

/** What is known of the box's parts from their reports: those of trunks and phones are told apart. */
export function partChecks(reports: readonly HealthReport[], now: Date): HealthCheck[] {
  const checks = reports.filter(({ checkId }) => !isOfThing(checkId)).map((report) => checkOf(report, now));
  const known = new Set(checks.map(({ checkId }) => checkId));
  return [...checks, ...EXPECTED.filter((checkId) => !known.has(checkId)).map(missing)];
}

/** What is known of a trunk or a phone; nothing any more when it was reported too long ago. */
export function stateOfThing(
  checkId: string,
  reports: readonly (HealthReport & { state: string | null; roundTripMs: number | null })[],
  now: Date,
) {
  const report = reports.find((one) => one.checkId === checkId);
  if (!report) return { state: null, detail: null, since: null, roundTripMs: null };
  const isFresh = now.getTime() - report.reportedAt.getTime() <= STALE_MS;
  const { detail, since } = checkOf(report, now);
  return { state: isFresh ? report.state : null, detail, since, roundTripMs: isFresh ? report.roundTripMs : null };
}

type Things = HealthDetails['trunks'];

/** @param kind prefix of the check ids, e.g. `trunk` in `trunk:carrier` */
export function thingChecks(
  kind: 'trunk' | 'pbx' | 'phone',
  things: readonly { id: string; name: string }[],
  reports: readonly HealthReport[],
  now: Date,
): Things {
  return things.map(({ id, name }) => {
    const report = reports.find(({ checkId }) => checkId === `${kind}:${id}`);
    const { status, detail } = report ? checkOf(report, now) : missing(id);
    return { id, name, status, detail: detail ?? '' };
  });
}

export const thingsOf = (document: ConfigurationDocument | null) => ({
  trunks: document?.trunks ?? [],
  /** There is one at most. */
  pbx: document?.pbx ? [{ id: 'pbx', name: document.pbx.name }] : [],
  phones: document?.phones ?? [],
});

/** @param peers trunks, and the pbx. One that is away says something about the box; a phone that is switched off does not. */
export function overallStatus(checks: readonly HealthCheck[], peers: Things): HealthStatus {
  if (checks.some(({ checkId, status }) => status === 'down' && VITAL.has(checkId))) return 'down';
  return [...checks, ...peers].every(({ status }) => status === 'ok') ? 'ok' : 'degraded';
}

/** @param expiresAt of the certificate of the console */
export function certificateCheck(expiresAt: Date | null, now: Date): HealthCheck {
  const check = (status: HealthStatus, detail: string | null) =>
    ({ checkId: 'certificate', status, detail, since: null }) satisfies HealthCheck;
  if (!expiresAt) return check('degraded', '証明書を読み取れません。');
  const daysLeft = Math.floor((expiresAt.getTime() - now.getTime()) / 86_400_000);
  if (daysLeft < 0) return check('degraded', '証明書の有効期限が切れています。');
  return daysLeft < 30 ? check('degraded', `証明書の有効期限まで残り${daysLeft}日です。`) : check('ok', null);
}

/**
 * @param reviewsDue block rules whose review date is today or past
 * @returns nothing when there is nothing to do
 */
export function blockRulesCheck(reviewsDue: number): HealthCheck[] {
  if (reviewsDue === 0) return [];
  const detail = `見直し日になった着信規制が${reviewsDue}件あります。続けるものは見直し日を改め、不要なものは取り下げてください。それまでは、これまでどおり規制が続きます。`;
  return [{ checkId: 'block-rules', status: 'degraded', detail, since: null }];
}

const VOICE_WORDS: Record<Voice, string> = {
  'open-jtalk': 'Open JTalk の声で読み上げます。',
  'espeak-ng':
    '機械的な声(espeak-ng)で読み上げます。聞き取りやすい声にするには、HTS音声のファイル(*.htsvoice)を、装置の保存先の voices フォルダーに置いてください。',
};

/**
 * Both voices are heard, so neither is a trouble.
 * @param voice null while it is not known
 */
export const voiceCheck = (voice: Voice | null): HealthCheck[] =>
  voice === null ? [] : [{ checkId: 'voice', status: 'ok', detail: VOICE_WORDS[voice], since: null }];

const HEADROOM_STATUS: Record<HeadroomLevel, HealthStatus> = {
  ...{ ample: 'ok', notice: 'degraded', warning: 'degraded', alarm: 'degraded', reserve: 'down' },
};

const rounded = (value: number) => Math.round(value * 10) / 10;

/** Beyond this, a number of days says nothing but that a box is new. */
const FORESEEABLE_DAYS = 3650;

const daysWords = (days: number) =>
  days >= FORESEEABLE_DAYS ? '10年分以上' : `約${days < 10 ? rounded(days) : Math.floor(days)}日分`;

/** How long recording goes on at the present rate, e.g. 「約59時間分(これまでの録音量で約2.9日分)」. */
function howLong({ hoursLeft, daysLeft }: Pick<Headroom, 'hoursLeft' | 'daysLeft'>): string {
  const hours = hoursLeft < 10 ? rounded(hoursLeft) : Math.floor(hoursLeft);
  const days = daysLeft === null ? '' : `(これまでの録音量で${daysWords(daysLeft)})`;
  return `録音できる残りは約${hours}時間分${days}です。`;
}

/** @param headroom null when no disk can be looked at */
export function headroomCheck(headroom: Headroom | null): HealthCheck {
  const check = (status: HealthStatus, detail: string) =>
    ({ checkId: 'headroom', status, detail, since: null }) satisfies HealthCheck;
  if (!headroom) return check('degraded', '録音の保存先の空き容量を確認できません。');
  const { level, reserve } = headroom;
  if (level !== 'reserve') return check(HEADROOM_STATUS[level], howLong(headroom));
  const left = reserve.leftBytes + Math.min(...placesOf(headroom).map(({ freeBytes }) => freeBytes));
  const minutes = Math.floor((left / SPOOL_BYTES_PER_HOUR) * 60);
  return check('down', `録音の保存先がいっぱいです。予備の領域で録音を続けています(残り約${minutes}分)。`);
}

/** The tighter place first. */
const placesOf = ({ spool, vault, sharedDisk }: Headroom) =>
  [
    ...(spool ? [{ place: sharedDisk ? ('both' as const) : ('spool' as const), ...spool }] : []),
    ...(vault ? [{ place: 'vault' as const, ...vault }] : []),
  ].toSorted((a, b) => a.hoursLeft - b.hoursLeft);

export function storageOf(headroom: Headroom | null): HealthDetails['storage'] {
  if (!headroom) return null;
  const { level, hoursLeft, daysLeft, rate, reserve } = headroom;
  return {
    ...{ level, hoursLeft: rounded(hoursLeft), daysLeft: daysLeft === null ? null : rounded(daysLeft) },
    places: placesOf(headroom).map((place) => ({
      ...place,
      hoursLeft: rounded(place.hoursLeft),
      daysLeft: place.daysLeft === null ? null : rounded(place.daysLeft),
    })),
    ...{ measured: rate.vaultBytesPerHour !== null, recordedHoursPerDay: rate.recordedHoursPerDay, reserve },
  };
}
