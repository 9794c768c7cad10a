import { z } from 'zod';
import { Instant } from '../platform/schema.ts';

/** `unverified` = never asked whether it is there; `unknown` = Asterisk cannot be asked, or has not been yet. */
export const TrunkStateName = z
  .enum(['registered', 'reachable', 'unverified', 'unregistered', 'unreachable', 'rejected', 'unknown'])
  .meta({ id: 'TrunkStateName' });
export type TrunkStateName = z.infer<typeof TrunkStateName>;

export const TrunkState = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(['peer', 'registration']),
    state: TrunkStateName,
    /** Why, in words. */
    detail: z.string().nullable(),
    since: Instant.nullable(),
    /** Of the last answer to OPTIONS. */
    roundTripMs: z.number().nullable(),
  })
  .meta({ id: 'TrunkState' });
export type TrunkState = z.infer<typeof TrunkState>;

export const TrunkStates = z.object({ trunks: z.array(TrunkState) }).meta({ id: 'TrunkStates' });
export type TrunkStates = z.infer<typeof TrunkStates>;
