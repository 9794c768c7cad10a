import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
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

/** Whether a check is of a trunk or a phone, e.g. `phone:p201`, and not of a part of the box. */
export const isOfThing = (checkId: string) => checkId.includes(':');

/** What is known of the box's parts from their reports: those of trunks and phones are told apart. */
export function partChecks(reports: readonly HealthReport[], now: Date): HealthCheck[] {
  const checks = reports.filter(({ checkId }) => !isOfThing(checkId)).map((report) => checkOf(report, now));
  const known = new Set(checks.map(({ checkId }) => checkId));
  return [...checks, ...EXPECTED.filter((checkId) => !known.has(checkId)).map(missing)];
}

type Things = HealthDetails['trunks'];

/** @param kind prefix of the check ids, e.g. `trunk` in `trunk:carrier` */
export function thingChecks(
  kind: 'trunk' | 'phone',
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
  phones: document?.phones ?? [],
});

/** A phone that is switched off says nothing about the box; a trunk that is away does. */
export function overallStatus(checks: readonly HealthCheck[], trunks: Things): HealthStatus {
  if (checks.some(({ checkId, status }) => status === 'down' && VITAL.has(checkId))) return 'down';
  return [...checks, ...trunks].every(({ status }) => status === 'ok') ? 'ok' : 'degraded';
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

/** Raw audio of one hour: 8 kHz, two sides, 16 bit. What sealed recordings really take is less. */
const RAW_BYTES_PER_HOUR = 8000 * 2 * 2 * 3600;

export interface Space {
  freeBytes: number;
  totalBytes: number;
}

/**
 * @param spaces of the file systems recordings go through; the tightest counts
 * @param bytesPerHour measured from sealed recordings; null = none yet
 */
export function storageOf(spaces: readonly Space[], bytesPerHour: number | null): HealthDetails['storage'] {
  const [tightest] = spaces.toSorted((a, b) => a.freeBytes - b.freeBytes);
  if (!tightest) return null;
  const hours = tightest.freeBytes / (bytesPerHour ?? RAW_BYTES_PER_HOUR);
  return { ...tightest, hoursLeft: Math.round(hours * 10) / 10 };
}
