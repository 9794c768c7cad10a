import fc from 'fast-check';
import type { JournalEntry, JournalEvent } from './journal.schema.ts';

type EntryOf<E extends JournalEvent> = Extract<JournalEntry, { e: E }>;
type Fields<E extends JournalEvent> = Omit<EntryOf<E>, 'e' | 'at'>;

/** @returns an entry so many seconds after a fixed beginning */
export const entry = <E extends JournalEvent>(e: E, seconds: number, fields: Fields<E>): JournalEntry =>
  ({ e, at: (1_763_700_000 + seconds).toFixed(3), ...fields }) as unknown as JournalEntry;

export const begin = (fields: Partial<Fields<'begin'>> = {}): JournalEntry =>
  entry('begin', 0, {
    direction: 'incoming',
    trunk: 'carrier',
    line: 'main',
    dialled: '0312345678',
    number: '0901234567',
    presentation: 'shown',
    channel: 'PJSIP/trunk-carrier-00000001',
    ...fields,
  });

type Step = { [E in JournalEvent]: [E, Fields<E>] }[JournalEvent];

const phone = fc.constantFrom('p201', 'p202');
const step = <E extends JournalEvent>(e: E, fields: Fields<E>): Step => [e, fields] as Step;

const noticeSteps = fc.constantFrom([
  step('notice', { notice: 'recording' }),
  step('notice-ended', { notice: 'recording' }),
]);
const conversation = fc
  .tuple(phone, phone, fc.subarray(['held', 'transferred', 'left'] as const))
  .map(([first, second, turns]) => [
    step('answered', { phone: first }),
    ...turns.flatMap((turn) => {
      if (turn === 'held') return [step('held', { phone: first }), step('resumed', { phone: first })];
      if (turn === 'left') return [step('left', { phone: first })];
      return [step('transferred', { phone: first, to: second })];
    }),
  ]);
const unanswered = fc
  .constantFrom('NOANSWER', 'BUSY', 'CHANUNAVAIL', 'CANCEL')
  .map((status) => [step('unanswered', { desk: 'citizens', status })]);
const deskSteps = fc
  .oneof(conversation, unanswered)
  .map((result) => [step('ringing', { desk: 'citizens' }), ...result]);
const handling = fc.constantFrom(
  [step('claimed', {})],
  [step('fallback', { reason: 'unclaimed' })],
  [step('claimed', {}), step('fallback', { reason: 'lease-expired' })],
  [step('claimed', {}), step('fault', { reason: 'playback-failed' }), step('fallback', { reason: 'failed' })],
);
const ending = fc
  .tuple(fc.constantFrom('caller', 'office', 'box', 'lost'), fc.constantFrom('16', '17', '21', '0', ''))
  .map(([by, cause]) => [step('end', { cause, by })]);
const flowSteps = fc.constantFrom<Step[]>(
  [step('schedule', { schedule: 'office', openness: 'closed', rule: 'week' })],
  [step('menu', { menu: 'ask' }), step('menu-keys', { menu: 'ask', keys: '1' })],
  [step('menu', { menu: 'ask' }), step('menu-no-key', { menu: 'ask' }), step('menu-left', { menu: 'ask' })],
  [step('message', { node: 'speak', silence: '5' }), step('message-ended', { node: 'speak', by: 'silence' })],
  [step('forwarding', { node: 'outside', to: '0398765432' }), step('forwarded', { node: 'outside' })],
);
const rounds = fc.array(fc.oneof(noticeSteps, deskSteps, flowSteps), { maxLength: 4 }).map((parts) => parts.flat());
const carried = fc.tuple(handling, rounds).map(([by, walk]) => [...by, step('accepted', {}), ...walk]);
const turnedAway = fc.constantFrom<Step[]>(
  [step('refused', { reason: 'unknown-line' })],
  [
    step('blocked', { rule: '5e1f3a52-0000-4000-8000-000000000001', action: 'refuse' }),
    step('refused', { reason: 'blocked' }),
  ],
);

/** Journals as the dialplan and the engine may write them, from the first line to the last. */
export const validJournal: fc.Arbitrary<JournalEntry[]> = fc
  .tuple(
    fc.constantFrom('shown', 'withheld', 'payphone', 'unavailable'),
    fc.constantFrom('0901234567', '+81312345678', ''),
    fc.oneof(carried, turnedAway),
    ending,
    fc.array(fc.double({ min: 0, max: 90, noNaN: true }), { minLength: 40, maxLength: 40 }),
  )
  .map(([presentation, number, middle, end, gaps]) => {
    let seconds = 0;
    const steps = [step('recorder', {}), ...middle, ...end];
    return [
      begin({ presentation, number }),
      ...steps.map(([e, fields], index) => {
        seconds += gaps[index] ?? 0;
        return entry(e, seconds, fields as never);
      }),
    ];
  });
