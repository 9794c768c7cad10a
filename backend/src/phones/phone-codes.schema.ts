import { z } from 'zod';

/** A code that staff press on a phone: `code`, then `argument` where there is one. */
export const PhoneCodeView = z
  .object({
    id: z.string(),
    code: z.string(),
    when: z.enum(['talking', 'idle']),
    argument: z.enum(['extension', 'slot', 'number']).nullable(),
    name: z.string(),
  })
  .meta({ id: 'PhoneCode' });

export const PhoneCodes = z.object({ codes: z.array(PhoneCodeView) }).meta({ id: 'PhoneCodes' });
export type PhoneCodes = z.infer<typeof PhoneCodes>;
