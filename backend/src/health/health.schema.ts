import { z } from 'zod';
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

export const HealthDetails = z
  .object({
    status: HealthStatus,
    checks: z.array(HealthCheck),
    /** Resolved versions by package name, from the runtime root and from the processes themselves. */
    versions: z.record(z.string(), z.string()),
    /** Room left where recordings are written. */
    storage: z.object({ freeBytes: z.int(), totalBytes: z.int(), hoursLeft: z.number() }).nullable(),
    trunks: z.array(z.object({ id: z.string(), name: z.string(), status: HealthStatus, detail: z.string() })),
    phones: z.array(z.object({ id: z.string(), name: z.string(), status: HealthStatus, detail: z.string() })),
  })
  .meta({ id: 'HealthDetails' });
export type HealthDetails = z.infer<typeof HealthDetails>;
