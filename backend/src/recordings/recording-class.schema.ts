import { z } from 'zod';
import { DisplayName, Identifier } from '../platform/schema.ts';
import { AudioFormat } from './formats/audio-format.ts';
import { RecordingPause, RecordingRule } from './rules/recording-rule.schema.ts';

/** The class of recordings that belong to no other one. Every document has it. */
export const STANDARD_CLASS = 'standard';

/** 保存区分: recordings that are kept in the same way. A change of format counts for recordings that are sealed after it. */
export const RecordingClass = z
  .strictObject({ id: Identifier, name: DisplayName, format: AudioFormat })
  .meta({ id: 'RecordingClass' });
export type RecordingClass = z.infer<typeof RecordingClass>;

/** What a document says about recordings. One that says nothing means this. */
export const STANDARD_RECORDINGS: { classes: RecordingClass[] } = {
  classes: [{ id: STANDARD_CLASS, name: '標準', format: 'flac' }],
};

export const RecordingRules = z
  .strictObject({
    classes: z.array(RecordingClass).min(1).max(20),
    /** Absent = every call with the outside is recorded, calls between phones are not. */
    rules: z.array(RecordingRule).max(100).optional(),
    /** Absent = a pause ends after 5 minutes. */
    pause: RecordingPause.optional(),
  })
  .default(STANDARD_RECORDINGS)
  .meta({ id: 'RecordingRules' });
export type RecordingRules = z.infer<typeof RecordingRules>;
