import { z } from 'zod';

/** 8 kHz, 16 bit, two channels: what Asterisk writes into the spool. */
export const SPOOL_BYTES_PER_HOUR = 8000 * 2 * 2 * 3600;
/** What FLAC leaves of a conversation on the telephone; counts only until there are recordings to measure. */
const VAULT_BYTES_PER_HOUR_BEFORE_DATA = 0.45 * SPOOL_BYTES_PER_HOUR;

/** How short room is, the longer the worse. The last: the reserve is being used up. */
export const HeadroomLevel = z
  .enum(['ample', 'notice', 'warning', 'alarm', 'reserve'])
  .meta({ id: 'HeadroomLevel', description: 'How short the room for recordings is; three configurable steps between' });
export type HeadroomLevel = z.infer<typeof HeadroomLevel>;

const LEVELS = HeadroomLevel.options;

/** A step is reached when there is less left: days as the office records, or hours of recording. */
export type HeadroomStep = { days: number } | { hours: number };
/** For `notice`, `warning` and `alarm`. */
export type HeadroomSteps = readonly [HeadroomStep, HeadroomStep, HeadroomStep];

const STEP = /^(\d+(?:\.\d+)?)([dh])$/;

/** @throws Error saying what was expected, e.g. for `3d,14d` */
export function parseHeadroomSteps(text: string): HeadroomSteps {
  const [notice, warning, alarm, ...more] = text.split(',').map((part) => {
    const [, amount, unit] = STEP.exec(part.trim()) ?? [];
    if (amount === undefined) throw new Error(EXPECTED);
    return unit === 'd' ? { days: Number(amount) } : { hours: Number(amount) };
  });
  if (!notice || !warning || !alarm || more.length > 0) throw new Error(EXPECTED);
  const steps = [notice, warning, alarm] as const;
  if (!isFalling(steps)) throw new Error('expected each step to be shorter than the one before');
  return steps;
}

const EXPECTED = 'expected three steps, days as the office records (d) or hours of recording (h), e.g. 14d,3d,24h';

/** Days and hours of recording cannot be compared before something has been recorded: each kind falls by itself. */
function isFalling(steps: readonly HeadroomStep[]): boolean {
  const days = steps.flatMap((step) => ('days' in step ? [step.days] : []));
  const hours = steps.flatMap((step) => ('hours' in step ? [step.hours] : []));
  return [days, hours].every((values) => values.every((value, at) => at === 0 || value < (values[at - 1] ?? 0)));
}

export interface Space {
  /** The file system: two places on the same one share its room. */
  device: number;
  freeBytes: number;
  totalBytes: number;
}

/** What sealed recordings tell; null = there are none yet. */
export interface RecordingRate {
  vaultBytesPerHour: number | null;
  recordedHoursPerDay: number | null;
}

export interface HeadroomFacts {
  spool: Space | null;
  /** null when the vault is not on a disk of this machine, or cannot be looked at. */
  vault: Space | null;
  rate: RecordingRate;
  steps: HeadroomSteps;
  /** Kept free for the database; nothing is recorded into it. */
  floorBytes: number;
  /** Of the reserve, and what it is when whole. Both 0 where there is none. */
  reserve: { leftBytes: number; wholeBytes: number };
}

export interface PlaceHeadroom {
  freeBytes: number;
  totalBytes: number;
  /** Hours of recording, of all calls together. */
  hoursLeft: number;
  /** Days as the office records; null before it has. */
  daysLeft: number | null;
  level: HeadroomLevel;
}

export interface Headroom {
  level: HeadroomLevel;
  /** Of the tighter place. */
  hoursLeft: number;
  daysLeft: number | null;
  spool: PlaceHeadroom | null;
  /** null also when it is on the same file system as the spool: then `spool` is both. */
  vault: PlaceHeadroom | null;
  sharedDisk: boolean;
  rate: RecordingRate;
  reserve: HeadroomFacts['reserve'];
}

/**
 * How much recording there is room for. The spool fills with raw audio while calls are talked, but what stays of them is in
 * the vault: on one file system for both, the vault's rate counts, on two each has its own.
 * @returns null when neither place can be looked at
 */
export function headroomOf(facts: HeadroomFacts): Headroom | null {
  const { spool, vault, rate } = facts;
  const sharedDisk = spool !== null && vault !== null && spool.device === vault.device;
  const vaultRate = rate.vaultBytesPerHour ?? VAULT_BYTES_PER_HOUR_BEFORE_DATA;
  const perDay = rate.recordedHoursPerDay;
  // The days of a spool of its own say nothing: it is emptied all the time.
  const inSpool =
    spool && placeOf(spool, sharedDisk ? vaultRate : SPOOL_BYTES_PER_HOUR, sharedDisk ? perDay : null, facts);
  const inVault = sharedDisk ? null : vault && placeOf(vault, vaultRate, perDay, facts);
  const places = [inSpool, inVault].filter((place) => place !== null);
  const [worst] = places.toSorted((a, b) => rank(b.level) - rank(a.level) || a.hoursLeft - b.hoursLeft);
  if (!worst) return null;
  const inReserve = facts.reserve.leftBytes < facts.reserve.wholeBytes;
  return {
    level: inReserve ? 'reserve' : worst.level,
    hoursLeft: Math.min(...places.map(({ hoursLeft }) => hoursLeft)),
    daysLeft: (inVault ?? inSpool)?.daysLeft ?? null,
    ...{ spool: inSpool, vault: inVault, sharedDisk, rate, reserve: facts.reserve },
  };
}

export const rank = (level: HeadroomLevel): number => LEVELS.indexOf(level);

function placeOf(space: Space, bytesPerHour: number, perDay: number | null, facts: HeadroomFacts): PlaceHeadroom {
  const { freeBytes, totalBytes } = space;
  const hoursLeft = Math.max(0, freeBytes - facts.floorBytes) / bytesPerHour;
  const daysLeft = perDay === null || perDay <= 0 ? null : hoursLeft / perDay;
  const reached = facts.steps.map((step) =>
    'hours' in step ? hoursLeft < step.hours : daysLeft !== null && daysLeft < step.days,
  );
  const level = freeBytes <= facts.floorBytes ? 'reserve' : (LEVELS[reached.lastIndexOf(true) + 1] ?? 'ample');
  return { freeBytes, totalBytes, hoursLeft, daysLeft, level };
}
