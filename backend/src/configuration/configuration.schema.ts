import { z } from 'zod';
import { NeverBlockedNumber } from '../blocklist/never-blocked.schema.ts';
import { Desk } from '../desks/desk.schema.ts';
import { Line } from '../lines/line.schema.ts';
import { Notice, NoticeRecording } from '../notices/notice.schema.ts';
import { Pbx, Phone } from '../phones/phone.schema.ts';
import { DisplayName, Identifier, Instant } from '../platform/schema.ts';
import { RecordingRules } from '../recordings/recording-class.schema.ts';
import { Schedule } from '../schedules/schedule.schema.ts';
import { Outgoing } from '../trunks/outgoing.schema.ts';
import { Trunk } from '../trunks/trunk.schema.ts';

/**
 * The whole telephone configuration, validated as one. The shape is checked here; references between the parts
 * (dangling names, loops, unreachable nodes, doubled numbers) by `findConfigurationProblems`.
 */
export const ConfigurationDocument = z
  .strictObject({
    site: z.strictObject({ id: Identifier, name: DisplayName }),
    trunks: z.array(Trunk).max(20),
    /** Absent = phones call nobody outside but 110, 118 and 119. */
    outgoing: Outgoing.optional(),
    pbx: Pbx.nullable(),
    phones: z.array(Phone).max(500),
    desks: z.array(Desk).max(200),
    notices: z.array(Notice).max(200),
    /** Phones by which notices may be recorded (`*50`). Absent: none. */
    noticeRecording: NoticeRecording.optional(),
    /** Absent in documents from before there were any. */
    schedules: z.array(Schedule).max(100).optional(),
    lines: z.array(Line).max(500),
    /** Numbers that no block rule may catch besides the box's own and 110, 118, 119; absent = none. */
    neverBlocked: z.array(NeverBlockedNumber).max(500).optional(),
    recordings: RecordingRules,
  })
  .meta({ id: 'ConfigurationDocument' });
export type ConfigurationDocument = z.infer<typeof ConfigurationDocument>;

/** One thing wrong with a document: where (JSON pointer), which rule, and what to do, in Japanese. */
export const ConfigurationProblem = z
  .object({ path: z.string(), problemId: z.string(), message: z.string() })
  .meta({ id: 'ConfigurationProblem' });
export type ConfigurationProblem = z.infer<typeof ConfigurationProblem>;

/** A stored version and what became of it in Asterisk. `applied: null` = not yet taken over by telephony. */
export const ConfigurationVersion = z
  .object({
    version: z.int(),
    document: ConfigurationDocument,
    createdAt: Instant,
    createdBy: z.string().nullable(),
    applied: z.boolean().nullable(),
    appliedError: z.string().nullable(),
  })
  .meta({ id: 'ConfigurationVersion' });
export type ConfigurationVersion = z.infer<typeof ConfigurationVersion>;

/** Versions without their documents. `nextBefore` = null when there are no older ones. */
export const ConfigurationHistoryPage = z
  .object({ versions: z.array(ConfigurationVersion.omit({ document: true })), nextBefore: z.int().nullable() })
  .meta({ id: 'ConfigurationHistoryPage' });
export type ConfigurationHistoryPage = z.infer<typeof ConfigurationHistoryPage>;

/**
 * What leads from one version to another. `path` is a JSON pointer in which things of a list stand by their id; `place` says
 * the same in words. `move` = the same things in another order, told by their ids. Secrets are hidden.
 */
export const ConfigurationDifference = z
  .object({
    from: z.int(),
    to: z.int(),
    changes: z.array(
      z.object({
        op: z.enum(['add', 'remove', 'replace', 'move']),
        path: z.string(),
        place: z.string(),
        before: z.unknown().optional(),
        after: z.unknown().optional(),
      }),
    ),
  })
  .meta({ id: 'ConfigurationDifference' });
export type ConfigurationDifference = z.infer<typeof ConfigurationDifference>;
