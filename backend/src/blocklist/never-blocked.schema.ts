import { z } from 'zod';
import { DialledNumber, DisplayName } from '../platform/schema.ts';

/** A number whose calls must get through whatever the block rules say, e.g. of somebody who calls by the relay service. */
export const NeverBlockedNumber = z
  .strictObject({ name: DisplayName, number: DialledNumber })
  .meta({ id: 'NeverBlockedNumber' });
export type NeverBlockedNumber = z.infer<typeof NeverBlockedNumber>;
