import { z } from 'zod';
import { BlockActionType } from '../blocklist/block-rule.schema.ts';
import { Presentation } from '../calls/journal.schema.ts';
import { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { DialledNumber, Identifier, Instant } from '../platform/schema.ts';

/**
 * A call that might come: when, on which line, from whom, and what the caller presses, one entry for each time a menu
 * waits (`''` = nothing). After the last entry the caller presses nothing any more.
 */
export const SimulatedCall = z
  .strictObject({
    at: Instant,
    line: Identifier,
    caller: DialledNumber.nullable().default(null),
    presentation: Presentation.default('shown'),
    keys: z
      .array(z.string().regex(/^[0-9*#]{0,8}$/, 'キーは 0〜9、*、# で入力してください'))
      .max(100)
      .default([]),
    /** What becomes of calls to desks and to numbers outside. */
    parties: z.enum(['answer', 'no-answer', 'busy']).default('answer'),
    /** A document that is not stored yet; absent = the newest version. */
    document: ConfigurationDocument.optional(),
  })
  .meta({ id: 'SimulatedCall' });
export type SimulatedCall = z.infer<typeof SimulatedCall>;

export const SimulatedStep = z
  .object({
    node: z.string(),
    type: z.enum(['notice', 'schedule', 'menu', 'desk', 'forward', 'message', 'end']),
    /** Why the call came here: id and in Japanese. */
    turn: z.enum(['arrived', 'next', 'chosen', 'repeated', 'back', 'tried-again', 'gave-up', 'too-many-choices']),
    why: z.string(),
    /** What happens here, in Japanese. */
    what: z.string(),
    /** Which rule decided; only of a schedule. */
    rule: z.enum(['switch', 'one-off-day', 'yearly-day', 'turn-of-year', 'national-holiday', 'week']).nullable(),
  })
  .meta({ id: 'SimulatedStep' });
export type SimulatedStep = z.infer<typeof SimulatedStep>;

/** The block rule that catches the call, before its flow is asked. */
export const SimulatedBlock = z
  .object({ rule: z.uuid(), action: BlockActionType, why: z.string(), what: z.string() })
  .meta({ id: 'SimulatedBlock' });
export type SimulatedBlock = z.infer<typeof SimulatedBlock>;

export const Simulation = z
  .object({
    line: z.object({ id: z.string(), name: z.string() }),
    /** null = no rule. There are no steps unless it only marks the call, or puts it through to a desk that is not there. */
    block: SimulatedBlock.nullable(),
    steps: z.array(SimulatedStep),
    /** `desk` and `forward` = somebody answered there; `blocked` = the call came to no node. */
    end: z.object({
      type: z.enum(['desk', 'forward', 'end', 'blocked']),
      node: z.string().nullable(),
      summary: z.string(),
    }),
    /** What the answer does not rest on. */
    remarks: z.array(z.string()),
  })
  .meta({ id: 'Simulation' });
export type Simulation = z.infer<typeof Simulation>;
