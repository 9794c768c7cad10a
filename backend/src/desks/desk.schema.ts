import { z } from 'zod';
import { DisplayName, Identifier } from '../platform/schema.ts';

/** 窓口: a department that is rung as one. All members ring at once for `ringSeconds`. */
export const Desk = z
  .strictObject({
    id: Identifier,
    name: DisplayName,
    members: z.array(Identifier).min(1, '電話機を1台以上選んでください').max(50),
    ringSeconds: z.int().min(5).max(300).default(60),
  })
  .meta({ id: 'Desk' });
export type Desk = z.infer<typeof Desk>;
