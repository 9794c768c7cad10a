import fc from 'fast-check';
import { SHIPPED_NOTICES } from '../notices/shipped-notices.ts';
import { anyRecordingRules } from '../recordings/rules/recording-rules.fixture.ts';
import { STANDARD_RECORDINGS } from '../recordings/recording-class.schema.ts';
import { anyFlow, anySchedule } from '../routing/flow.fixture.ts';
import { anyOutgoing, anyTrunk, calling, ownLine, some } from '../trunks/trunk.fixture.ts';
import { ConfigurationDocument } from './configuration.schema.ts';

/** One trunk, one line, a notice, a desk of a registered phone and one behind the pbx. */
export function smallOffice(): ConfigurationDocument {
  return {
    site: { id: 'hq', name: '町役場' },
    trunks: [{ id: 'hikari', name: 'ひかり電話', type: 'peer', host: '192.0.2.10', port: 5060 }],
    pbx: { name: '主装置', host: '192.0.2.20', port: 5060 },
    phones: [
      { id: 'p201', name: '市民課1', type: 'sip', extension: '201', secret: 'secret-of-201' },
      { id: 'p301', name: '税務課1', type: 'pbx', extension: '301', number: '3301' },
    ],
    desks: [{ id: 'shimin', name: '市民課', members: ['p201', 'p301'], ringSeconds: 20 }],
    notices: [{ id: 'recording', name: '録音告知', text: '録音しています。', audio: 'recording-notice' }],
    lines: [
      {
        id: 'main',
        name: '代表',
        trunk: 'hikari',
        number: '0312345678',
        flow: {
          start: 'announce',
          nodes: {
            announce: { type: 'notice', notice: 'recording', next: 'ring' },
            ring: { type: 'desk', desk: 'shimin', otherwise: 'end' },
            end: { type: 'end', cause: 'no-answer' },
          },
        },
      },
    ],
    recordings: STANDARD_RECORDINGS,
  };
}

const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');
const identifier = fc
  .tuple(
    fc.constantFrom(...letters),
    fc.string({ unit: fc.constantFrom(...letters, '-', '-', '-'), maxLength: 38 }),
    fc.constantFrom('', ...letters),
  )
  .map(([first, middle, last]) => (last === '' ? first : `${first}${middle}${last}`));
const digits = fc.constantFrom(...Array.from('0123456789'));
const number = fc
  .tuple(fc.constantFrom('', '+', '+81'), fc.string({ unit: digits, minLength: 1, maxLength: 18 }))
  .map(([prefix, rest]) => prefix + rest);
/** Everything that means something in Asterisk's files stands in here. */
const name = fc
  .string({ unit: fc.constantFrom(...Array.from('市民課[];,&=#"\'\\${}()|^@!<> exten')), minLength: 1, maxLength: 60 })
  .filter((text) => text.trim() !== '');
const host = fc.ipV4();
const port = fc.integer({ min: 1, max: 65535 });
const secret = fc.string({ unit: fc.constantFrom(...letters, '_', '-', 'A'), minLength: 12, maxLength: 64 });

const ids = (max: number) => fc.uniqueArray(identifier, { maxLength: max });

const anyLongCalls = fc.record({
  stages: fc.array(
    fc.record({
      afterMinutes: fc.integer({ min: 1, max: 600 }),
      act: fc.constantFrom('tell-staff', 'tell-supervisor', 'announce', 'arm-ending'),
    }),
    { maxLength: 4 },
  ),
  endsByItself: fc.boolean(),
});

const SPECIAL_DAYS = ['2026-12-01', '2027-01-01', '2027-03-22', '11-15', '12-30', '02-29'];

const OWN_AUDIO = '01234567-89ab-8def-8123-456789abcdef';

/** Documents of the right shape that mostly have no problems; tests leave out the few that do. */
export const anyDocument: fc.Arbitrary<ConfigurationDocument> = fc
  .record({ trunks: ids(3), phones: ids(5), desks: ids(3), notices: ids(3), schedules: ids(2), lines: ids(4) })
  .chain((taken) =>
    fc.record({
      site: fc.record({ id: identifier, name }),
      pbx: some({ name, host, port, probeSeconds: fc.integer({ min: 0, max: 3600 }) }),
      trunks: fc.tuple(...taken.trunks.map((id) => anyTrunk({ id: fc.constant(id), name, host, port }))),
      outgoing: taken.trunks.length === 0 ? fc.constant(undefined) : fc.option(anyOutgoing(taken), { nil: undefined }),
      phones: fc.tuple(
        ...taken.phones.map((id, index) => {
          const extension = fc.integer({ min: 20, max: 99 }).map((head) => `${head}${index}`);
          const common = { id: fc.constant(id), name, extension };
          return fc.oneof(
            some({
              ...common,
              ...calling(taken),
              type: fc.constant('sip'),
              secret,
              transport: fc.constantFrom('udp', 'tls'),
            }),
            some({ ...common, ...calling(taken), type: fc.constant('pbx'), number }),
          );
        }),
      ),
      desks: fc.tuple(
        ...(taken.phones.length === 0 ? [] : taken.desks).map((id) =>
          some({
            id: fc.constant(id),
            name,
            ...ownLine(taken),
            members: fc.subarray(taken.phones, { minLength: 1 }),
            ringSeconds: fc.integer({ min: 5, max: 300 }),
            strategy: fc.constantFrom('all', 'in-order', 'round-robin', 'least-recent'),
            longCalls: fc.option(anyLongCalls),
            outgoingNotice: fc.constantFrom(undefined, ...taken.notices),
            supervisors: fc.option(fc.subarray(taken.phones), { nil: undefined }),
          }),
        ),
      ),
      notices: fc.tuple(
        ...taken.notices.map((id) =>
          fc.record({
            id: fc.constant(id),
            name,
            text: name,
            audio: fc.constantFrom(...SHIPPED_NOTICES.map(({ audio }) => audio), OWN_AUDIO),
          }),
        ),
      ),
      noticeRecording: fc.option(fc.record({ phones: fc.subarray(taken.phones) }), { nil: undefined }),
      neverBlocked: fc.option(fc.array(fc.record({ name, number }), { maxLength: 3 }), { nil: undefined }),
      schedules: fc.tuple(
        ...taken.schedules.map((id, index) =>
          fc
            .tuple(anySchedule(id, SPECIAL_DAYS), fc.boolean(), fc.subarray(taken.phones))
            .map(([schedule, hasCode, switchPhones]) =>
              hasCode ? { ...schedule, code: String(index), switchPhones } : schedule,
            ),
        ),
      ),
      lines: fc.tuple(
        ...(taken.trunks.length === 0 ? [] : taken.lines).map((id) =>
          fc.record({
            id: fc.constant(id),
            name,
            trunk: fc.constantFrom(...taken.trunks),
            number,
            flow: anyFlow(identifier, {
              notices: taken.notices,
              desks: taken.phones.length === 0 ? [] : taken.desks,
              schedules: taken.schedules,
            }),
          }),
        ),
      ),
    }),
  )
  .chain((document) =>
    anyRecordingRules(document).map((rules) => ({ ...document, recordings: { ...STANDARD_RECORDINGS, ...rules } })),
  )
  .map((document) => ConfigurationDocument.parse(document));
