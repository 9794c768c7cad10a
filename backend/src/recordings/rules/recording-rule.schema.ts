import { z } from 'zod';
import { CallDirection } from '../../calls/call-direction.ts';
import { DialledNumber, DisplayName, Identifier } from '../../platform/schema.ts';

/**
 * always = recorded and kept; on-demand = recorded, and kept only if somebody asks for it before the call ends; never =
 * nothing is kept.
 */
export const RecordingChoice = z.enum(['always', 'on-demand', 'never']).meta({ id: 'RecordingChoice' });
export type RecordingChoice = z.infer<typeof RecordingChoice>;

const identifiers = z.array(Identifier).min(1).max(200).optional();

/**
 * 録音ルール: which calls are recorded. A rule applies to a call that meets all of its conditions; of a condition with
 * several values one is enough; a condition that is absent is met. Of several rules that apply, the one about the narrowest
 * thing counts: a number before a phone, a phone before a desk, a desk before a line, a line before a direction; among
 * equals the one that stands first (`recording-rules.ts`).
 */
export const RecordingRule = z
  .strictObject({
    id: Identifier,
    name: DisplayName,
    recording: RecordingChoice,
    /** Why not every call is kept. Asked of `never` and `on-demand`. */
    reason: z.string().trim().min(1).max(200, '200文字以内にしてください').optional(),
    directions: z.array(CallDirection).min(1).max(3).optional(),
    lines: identifiers,
    /** Who is spoken with: the desk that was rung, or after a transfer, and for calls that phones make, one the phone belongs to. */
    desks: identifiers,
    /** Phones that take part. */
    phones: identifiers,
    /** Of the outside party. A withheld number meets none. Only beside `directions` and `lines`, so that it is known beforehand. */
    numbers: z.array(DialledNumber).min(1).max(1000).optional(),
  })
  .meta({ id: 'RecordingRule' });
export type RecordingRule = z.infer<typeof RecordingRule>;

/** Seconds after which a paused recording goes on by itself. */
export const RESUME_AFTER_SECONDS = 300;

/** 録音の一時停止. */
export const RecordingPause = z
  .strictObject({ resumeAfterSeconds: z.int().min(10).max(3600) })
  .meta({ id: 'RecordingPause' });

/** Rules that no document names: what holds where no rule applies, and for emergency calls whatever the rules say. */
export const STANDARD_RULE = 'standard';
export const EMERGENCY_RULE = 'emergency';
