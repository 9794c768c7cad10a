import { z } from 'zod';
import { MenuNode } from '../menus/menu.schema.ts';
import { DialledNumber, DisplayName, Identifier } from '../platform/schema.ts';

/** Play a 告知, then go on at `next`. */
const NoticeNode = z.strictObject({ type: z.literal('notice'), notice: Identifier, next: Identifier });

/** Ask the 開庁時間. `closedDay` is for days without any hours; without it they count as `closed`. */
const ScheduleNode = z.strictObject({
  type: z.literal('schedule'),
  schedule: Identifier,
  open: Identifier,
  closed: Identifier,
  closedDay: Identifier.optional(),
});

/** Ring a 窓口. Every phone is busy: go on at `busy`, where there is one; nobody answers: at `otherwise`. */
const DeskNode = z.strictObject({
  type: z.literal('desk'),
  desk: Identifier,
  busy: Identifier.optional(),
  otherwise: Identifier,
});

const RingSeconds = z.int().min(5).max(300);

/**
 * Call a number outside, through the line's trunk, showing the caller's number or the office's. A caller's withheld number
 * stays withheld.
 */
const ForwardNode = z.strictObject({
  type: z.literal('forward'),
  number: DialledNumber,
  show: z.enum(['caller', 'office']),
  ringSeconds: RingSeconds.default(60),
  busy: Identifier.optional(),
  otherwise: Identifier,
});

/** 用件録音: after a tone the caller speaks until `#`, a silence, the longest time, or hanging up. Part of the recording. */
const MessageNode = z.strictObject({
  type: z.literal('message'),
  longestSeconds: z.int().min(10).max(600).default(120),
  silenceSeconds: z.int().min(2).max(30).default(5),
  next: Identifier,
});

/** Hang up. */
const EndNode = z.strictObject({ type: z.literal('end'), cause: z.enum(['normal', 'busy', 'no-answer', 'refused']) });

export const FlowNode = z
  .discriminatedUnion('type', [NoticeNode, ScheduleNode, MenuNode, DeskNode, ForwardNode, MessageNode, EndNode])
  .meta({ id: 'FlowNode' });
export type FlowNode = z.infer<typeof FlowNode>;
export type FlowNodeOf<T extends FlowNode['type']> = Extract<FlowNode, { type: T }>;

/** 着信フロー: nodes by name, walked from `start`. */
export const Flow = z.strictObject({ start: Identifier, nodes: z.record(Identifier, FlowNode) }).meta({ id: 'Flow' });
export type Flow = z.infer<typeof Flow>;

/** 着信番号: one dialled number on a trunk. */
export const Line = z
  .strictObject({ id: Identifier, name: DisplayName, trunk: Identifier, number: DialledNumber, flow: Flow })
  .meta({ id: 'Line' });
export type Line = z.infer<typeof Line>;
