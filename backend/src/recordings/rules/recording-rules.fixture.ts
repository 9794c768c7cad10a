import fc from 'fast-check';
import type { RecordingRules } from '../recording-class.schema.ts';
import { RecordingRule } from './recording-rule.schema.ts';

type Named = readonly { id: string }[];

/** Numbers that rules and calls share often enough to meet. */
export const RULED_NUMBERS = ['0312345678', '09011112222', '+819033334444', '+12125550100', '01012125550100'];

/** Rules about the lines, desks and phones of a document, or none; numbers stand without desks and phones. */
export function anyRecordingRules(document: {
  lines: Named;
  desks: Named;
  phones: Named;
}): fc.Arbitrary<Pick<RecordingRules, 'rules' | 'pause'>> {
  const some = (values: readonly string[], most = 2) =>
    values.length === 0
      ? fc.constant(undefined)
      : fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: most }), { nil: undefined });
  const ids = (things: Named) => some(things.map(({ id }) => id));
  const rule = fc
    .record({
      recording: fc.constantFrom('always', 'on-demand', 'never'),
      directions: some(['incoming', 'outgoing', 'internal']),
      lines: ids(document.lines),
      who: fc.oneof(
        fc.record({ numbers: some(RULED_NUMBERS) }),
        fc.record({ desks: ids(document.desks), phones: ids(document.phones) }),
      ),
    })
    .map(({ who, ...rest }) => ({ ...rest, ...who }));
  return fc.record({
    rules: fc.option(
      fc
        .array(rule, { maxLength: 5 })
        .map((rules) =>
          rules.map((each, index) =>
            RecordingRule.parse({ id: `rule-${index}`, name: `ルール${index}`, reason: '個人の相談のため', ...each }),
          ),
        ),
      { nil: undefined },
    ),
    pause: fc.option(fc.record({ resumeAfterSeconds: fc.integer({ min: 10, max: 3600 }) }), { nil: undefined }),
  });
}
