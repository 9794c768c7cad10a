import { neverBlockedNumbers } from '../blocklist/never-blocked.ts';
import { NUMBER_PATTERNS } from '../blocklist/numbering-plan.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import * as names from './dialplan-names.ts';
import type { Section } from './section.ts';

/** Notices of the actions that speak, as the office has them; else as they come with the box. */
const SPOKEN = ['refusal', 'withheld-request'];
const RECORDING_NOTICE = 'recording-notice';

/** What rules against callers need of a document: the rules themselves are in AstDB. */
export function blocklistSections(document: ConfigurationDocument): Section[] {
  const exists = (extension: string) => `exten => ${extension},1,Return()`;
  const audioOf = (notice: string) => document.notices.find(({ id }) => id === notice)?.audio ?? notice;
  return [
    { name: names.NEVER_BLOCKED_CONTEXT, lines: [...neverBlockedNumbers(document).keys()].map(exists) },
    { name: names.NUMBERING_PLAN_CONTEXT, lines: NUMBER_PATTERNS.map((pattern) => exists(`_${pattern}`)) },
    {
      name: names.BLOCKED_NOTICES_CONTEXT,
      lines: SPOKEN.map((notice) => `exten => ${notice.replaceAll('-', '_')},1,Return(${audioOf(notice)})`),
    },
    {
      name: names.BLOCKED_DESKS_CONTEXT,
      lines: document.desks.flatMap(({ id, notice }) => [
        `exten => desk_${id.replaceAll('-', '_')},1,NoOp()`,
        ...(notice === 'required'
          ? [` same => n,Gosub(notice,s,1(${RECORDING_NOTICE},${audioOf(RECORDING_NOTICE)}))`]
          : []),
        ` same => n,Gosub(${names.deskContext(id)},s,1)`,
        ' same => n,Return()',
      ]),
    },
  ];
}
