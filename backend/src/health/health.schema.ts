import { z } from 'zod';
import { HeadroomLevel } from '../headroom/headroom.ts';
import { Instant } from '../platform/schema.ts';

export const HealthStatus = z.enum(['ok', 'degraded', 'down']).meta({ id: 'HealthStatus' });
export type HealthStatus = z.infer<typeof HealthStatus>;

/** What anybody may know. */
export const Health = z.object({ status: HealthStatus }).meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

/** One thing the box depends on. `checkId` is stable: postgres, asterisk, telephony, worker, spool, trunk:<id> ... */
export const HealthCheck = z
  .object({ checkId: z.string(), status: HealthStatus, detail: z.string().nullable(), since: Instant.nullable() })
  .meta({ id: 'HealthCheck' });
export type HealthCheck = z.infer<typeof HealthCheck>;

const left = {
  level: HeadroomLevel,
  /** Hours of recording, of all calls together. */
  hoursLeft: z.number().nonnegative(),
  /** Days as the office has recorded in the last four weeks; null before it has. */
  daysLeft: z.number().nonnegative().nullable(),
};

/** How long there is room for recordings. Of the whole the tighter place counts, and the reserve in use is worse than either. */
export const Storage = z
  .object({
    ...left,
    /** The spool, the vault, or both on one disk; the tighter first. A vault elsewhere is not among them. */
    places: z.array(
      z.object({ place: z.enum(['spool', 'vault', 'both']), ...left, freeBytes: z.int(), totalBytes: z.int() }),
    ),
    /** Whether recordings were measured, or what is usual is assumed. */
    measured: z.boolean(),
    recordedHoursPerDay: z.number().nullable(),
    /** Given up step by step when there is no other room. */
    reserve: z.object({ leftBytes: z.int(), wholeBytes: z.int() }),
  })
  .meta({ id: 'Storage' });
export type Storage = z.infer<typeof Storage>;

const Thing = z.object({ id: z.string(), name: z.string(), status: HealthStatus, detail: z.string() });

export const HealthDetails = z
  .object({
    status: HealthStatus,
    checks: z.array(HealthCheck),
    /** Resolved versions by package name, from the runtime root and from the processes themselves. */
    versions: z.record(z.string(), z.string()),
    storage: Storage.nullable(),
    trunks: z.array(Thing),
    /** 主装置; null where there is none. */
    pbx: Thing.nullable(),
    phones: z.array(Thing),
  })
  .meta({ id: 'HealthDetails' });
export type HealthDetails = z.infer<typeof HealthDetails>;
