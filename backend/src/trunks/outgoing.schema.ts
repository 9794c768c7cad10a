import { z } from 'zod';
import { Identifier } from '../platform/schema.ts';

/** 発信: how phones call numbers outside. */
export const Outgoing = z
  .strictObject({
    /** Dialled before a number outside (外線発信番号), e.g. `0`; empty = none. Emergency numbers need none. */
    prefix: z.string().regex(/^[0-9]{0,3}$/, '3桁以内の数字にしてください'),
    /** In this order; the next one is tried when one does not work. Emergency calls go on to all others. */
    trunks: z.array(Identifier).min(1, '外線を1つ以上選んでください').max(20),
    /** 着信番号 that is shown where neither phone nor desk has one; absent = the first of the trunk. */
    line: Identifier.optional(),
  })
  .meta({ id: 'Outgoing' });
export type Outgoing = z.infer<typeof Outgoing>;
