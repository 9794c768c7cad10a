import { z } from 'zod';
import { DialledNumber, DisplayName, Identifier } from '../platform/schema.ts';

/** Play a 告知, then go on at `next`. */
const NoticeNode = z.strictObject({ type: z.literal('notice'), notice: Identifier, next: Identifier });

/** Ring a 窓口. Nobody answers: go on at `otherwise`. */
const DeskNode = z.strictObject({ type: z.literal('desk'), desk: Identifier, otherwise: Identifier });

/** Hang up. */
const EndNode = z.strictObject({ type: z.literal('end'), cause: z.enum(['normal', 'busy', 'no-answer', 'refused']) });

export const FlowNode = z.discriminatedUnion('type', [NoticeNode, DeskNode, EndNode]).meta({ id: 'FlowNode' });
export type FlowNode = z.infer<typeof FlowNode>;

/** 着信フロー: nodes by name, walked from `start`. */
export const Flow = z.strictObject({ start: Identifier, nodes: z.record(Identifier, FlowNode) }).meta({ id: 'Flow' });
export type Flow = z.infer<typeof Flow>;

/** 着信番号: one dialled number on a trunk. */
export const Line = z
  .strictObject({ id: Identifier, name: DisplayName, trunk: Identifier, number: DialledNumber, flow: Flow })
  .meta({ id: 'Line' });
export type Line = z.infer<typeof Line>;
