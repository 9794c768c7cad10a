import { z } from 'zod';

export const CallDirection = z.enum(['incoming', 'outgoing', 'internal']).meta({ id: 'CallDirection' });
export type CallDirection = z.infer<typeof CallDirection>;
