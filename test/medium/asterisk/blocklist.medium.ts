import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { astDbValues } from '../../../backend/src/blocklist/astdb-copy.ts';
import {
  type ApprovedRule,
  type IncomingCaller,
  decideBlock,
  matchKeyOf,
} from '../../../backend/src/blocklist/block-decision.ts';
import { anyCaller, anyRules, approvedRule } from '../../../backend/src/blocklist/block-rules.fixture.ts';
import { foldNumber } from '../../../backend/src/calls/number-folding.ts';
import { smallOffice } from '../../../backend/src/configuration/document.fixture.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { otherSoundIntervals, totalMs } from '../../town/listen.ts';
import { readStereo } from '../../town/sound-file.ts';
import { pause } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { invite } from './invite.ts';
import { phoneAt, setStage } from './stage.ts';
import { expectWhole } from './whole-call.ts';

const place = await Place.claim();
const LINES = { main: '0312345678', other: '0312345679' };
const NUMBER = '0901234567';
const HIDDEN: Record<Exclude<IncomingCaller['presentation'], 'shown'>, string> = {
  withheld: '"Anonymous" <sip:anonymous@anonymous.invalid>',
  payphone: '"Coin line/payphone" <sip:anonymous@anonymous.invalid>',
  unavailable: '"Unavailable" <sip:unavailable@unknown.invalid>',
};
const shownAs = (number: string) => `<sip:${number}@carrier.example>`;

/** Without what the recording rule says, which is another matter. */
const stepsOf = (call: SpooledCall) => story(call).filter((step) => !step.startsWith('recording-rule '));

const stage = setStage(place, { office: office() });
let box: BoxAsterisk;
let town: Town;
let generations = 0;

/** An office whose second line hangs up at once, so that a call that no rule catches is told by its 486. */
function office() {
  const document = smallOffice();
  const [trunk] = document.trunks;
  const [main] = document.lines;
  if (!trunk || !main) throw new Error('the small office has a trunk and a line');
  trunk.host = place.carrier;
  document.pbx = null;
  document.phones = [phoneAt('201')];
  document.desks = [{ id: 'shi-min', name: '市民課', members: ['p201'], ringSeconds: 5 }];
  const flow = { start: 'end', nodes: { end: { type: 'end', cause: 'busy' } } } as const;
  document.lines = Object.entries(LINES).map(([id, number]) => ({ ...main, id, number, flow }));
  document.neverBlocked = [{ name: '電話リレーサービスの利用者', number: '05012345678' }];
  return document;
}

/** Makes these the rules in force, as a whole. */
async function inForce(rules: readonly ApprovedRule[]): Promise<void> {
  generations += 1;
  const generation = `test${generations}`;
  const lengths = new Set(rules.flatMap(({ match }) => (match.kind === 'prefix' ? [match.number.length] : [])));
  await box.commands.keepAll(`block-${generation}`, astDbValues(rules));
  await box.commands.keep(`block-${generation}`, 'lengths', [...lengths].sort((a, b) => b - a).join('&'));
  await box.commands.keep('blocklist', 'generation', generation);
}

/** The call that was placed last. */
async function callOver(): Promise<SpooledCall> {
  const call = await stage.callOver();
  stage.nextCall();
  return call;
}

/** Places a call that is not answered. @returns its status and journal */
async function unanswered(from: string, line: keyof typeof LINES = 'main', more: string[] = []) {
  const status = await invite(place.carrier, box.sip, LINES[line], from, more);
  const call = await callOver();
  return { status, call, steps: stepsOf(call) };
}

async function townCall(from: string, presentation: 'shown' | 'withheld' = 'shown') {
  const caller = await town.call({ from, to: LINES.main, presentation, says: { tone: 440 } });
  return { caller, over: callOver };
}

beforeAll(() => {
  ({ box, town } = stage);
});

beforeEach(() => inForce([]));

describe('with no backend, a block rule', () => {
  it('refuses a number before any answer and without a recorder, with the cause it says', async () => {
    const causes = { refused: 403, busy: 486, 'no-answer': 480, normal: 603, 'no-such-number': 404 } as const;
    for (const [cause, status] of Object.entries(causes) as [keyof typeof causes, number][]) {
      const rule = approvedRule({ kind: 'exact', number: NUMBER }, { action: { type: 'refuse', cause } });
      await inForce([rule]);
      const told = await unanswered(shownAs('+81901234567'));
      expect(told.status).toBe(status);
      expect(told.steps.slice(0, 3)).toEqual(['begin', `blocked ${rule.id} refuse`, 'refused blocked']);
      expect(told.steps).toHaveLength(4);
    }
  });

  it('refuses whoever withholds the number, and knows no number that the trunk reveals', async () => {
    const withheld = approvedRule({ kind: 'withheld' });
    await inForce([withheld, approvedRule({ kind: 'exact', number: NUMBER }, { action: { type: 'flag' } })]);
    const more = [`P-Asserted-Identity: <sip:${NUMBER}@carrier.example>`, 'Privacy: id'];
    const { status, steps, call } = await unanswered(HIDDEN.withheld, 'main', more);
    expect([status, steps[1]]).toEqual([403, `blocked ${withheld.id} refuse`]);
    await inForce([approvedRule({ kind: 'exact', number: NUMBER }), approvedRule({ kind: 'prefix', number: '09' })]);
    const let_ = await unanswered(HIDDEN.withheld, 'main', more);
    expect(let_.steps.some((step) => step.startsWith('blocked'))).toBe(false);
    expect(call.text + let_.call.text + box.log()).not.toContain(NUMBER);
  });

  it('never catches numbers that are protected, nor anybody for an hour after an emergency call', async () => {
    await inForce([
      approvedRule({ kind: 'exact', number: '05012345678' }),
      approvedRule({ kind: 'prefix', number: '050' }),
      approvedRule({ kind: 'exact', number: NUMBER }),
      ...['110', '119', LINES.other].map((number) => approvedRule({ kind: 'exact', number })),
    ]);
    for (const number of ['05012345678', '110', '119', LINES.other]) {
      expect((await unanswered(shownAs(number))).status).toBe(486);
    }
    expect((await unanswered(shownAs('05012345679'))).status).toBe(403);
    await box.commands.keep('emergency', 'last', String(Math.floor(Date.now() / 1000) - 3500));
    expect((await unanswered(shownAs(NUMBER))).status).toBe(486);
    await box.commands.keep('emergency', 'last', String(Math.floor(Date.now() / 1000) - 3700));
    expect((await unanswered(shownAs(NUMBER))).status).toBe(403);
  });

  it('tells a caller so, records that, and ends', async () => {
    const rule = approvedRule({ kind: 'prefix', number: '090' }, { action: { type: 'refusal-notice' } });
    await inForce([rule]);
    const { caller, over } = await townCall(NUMBER);
    await caller.ended(20_000);
    const call = await over();
    expect(stepsOf(call)).toEqual([
      'begin',
      `blocked ${rule.id} refusal-notice`,
      'recorder',
      'refused blocked',
      'accepted',
      'notice refusal',
      'notice-ended refusal',
      expect.stringMatching(/^end \d+ box$/),
    ]);
    expect(totalMs(otherSoundIntervals((await readStereo(call.recording)).right, [440]))).toBeGreaterThan(2000);
  });

  it.each([
    { is: 'told so', rule: { kind: 'exact', number: NUMBER }, action: 'refusal-notice', step: 'notice refusal' },
    { is: 'asked for the number', rule: { kind: 'withheld' }, action: 'ask-number', step: 'notice withheld-request' },
  ] as const)('ends with a caller who hangs up while being $is', async ({ rule, action, step }) => {
    await inForce([approvedRule(rule, { action: { type: action } })]);
    const { caller, over } = await townCall(NUMBER, rule.kind === 'withheld' ? 'withheld' : 'shown');
    await stage.told(step);
    await pause(500);
    await caller.hangUp();
    const call = await over();
    expect(stepsOf(call).slice(-2)).toEqual([step, 'end 16 caller']);
    await expectWhole(box, call, { by: 'caller' });
  });

  it('stops ringing at its one desk when the caller hangs up', async () => {
    await inForce([approvedRule({ kind: 'exact', number: NUMBER }, { action: { type: 'desk', desk: 'shi-min' } })]);
    const { caller, over } = await townCall(NUMBER);
    const ringing = await town.phone('201').rung();
    await caller.hangUp();
    expect((await ringing.ended()).sipStatus).toBe(487);
    const call = await over();
    expect(stepsOf(call).slice(-2)).toEqual(['ringing shi-min', expect.stringMatching(/^end \d+ caller$/)]);
    await expectWhole(box, call, { by: 'caller' });
  });

  it('asks for the number, and puts others through to one desk', async () => {
    const asking = approvedRule({ kind: 'withheld' }, { action: { type: 'ask-number' } });
    const one = approvedRule({ kind: 'exact', number: NUMBER }, { action: { type: 'desk', desk: 'shi-min' } });
    await inForce([asking, one]);
    const hidden = await townCall(NUMBER, 'withheld');
    await hidden.caller.ended(20_000);
    const told = stepsOf(await hidden.over());
    expect(told).toContain('notice withheld-request');
    expect(told[1]).toBe(`blocked ${asking.id} ask-number`);

    const phone = town.phone('201').willAnswer({ says: { tone: 1000 } });
    const { caller, over } = await townCall(NUMBER);
    await phone.rung();
    await stage.told('answered p201');
    await caller.hangUp();
    const steps = stepsOf(await over());
    expect(steps.slice(0, 4)).toEqual(['begin', `blocked ${one.id} desk`, 'recorder', 'ringing shi-min']);
    expect(steps).toContain('answered p201');
  });

  it('marks a call and lets it go its way; a desk that is gone does no harm either', async () => {
    const rules = [
      approvedRule({ kind: 'exact', number: NUMBER }, { action: { type: 'flag' } }),
      approvedRule({ kind: 'exact', number: '0901234568' }, { action: { type: 'desk', desk: 'gone' } }),
    ];
    await inForce(rules);
    const flagged = await unanswered(shownAs(NUMBER));
    expect([flagged.status, ...flagged.steps.slice(1, 4)]).toEqual([
      486,
      `blocked ${rules[0]?.id} flag`,
      'recorder',
      'fallback unclaimed',
    ]);
    expect((await unanswered(shownAs('0901234568'))).steps).toContain('fallback unclaimed');
  });
});

describe('the dialplan and the decision', () => {
  it('agree about every caller and every rule', async () => {
    const now = new Date();
    const seed = now.getTime() % 2 ** 31;
    const [rules = []] = fc.sample(anyRules(now, fc.constant({ type: 'refuse', cause: 'refused' } as const), 100), {
      numRuns: 1,
      seed,
    });
    const callers = [
      ...new Map(
        fc
          .sample(anyCaller, { numRuns: 60, seed })
          .map((one) => [`${one.number} ${one.presentation} ${one.line}`, one]),
      ).values(),
    ];
    await inForce(rules);
    const byKey = Map.groupBy(rules, ({ match }) => matchKeyOf(match));
    const wanted = callers.map((caller) => {
      const rule = decideBlock(caller, (key) => byKey.get(key) ?? [], now);
      return `${caller.number ?? ''} ${caller.presentation} ${caller.line} ${rule?.id ?? 'none'}`;
    });
    await Promise.all(
      callers.map(({ number, presentation, line }) => {
        const from = presentation === 'shown' ? shownAs(number ?? '') : HIDDEN[presentation];
        return invite(place.carrier, box.sip, LINES[line as keyof typeof LINES], from);
      }),
    );
    const found = (await stage.callsOver(callers.length)).map(({ entries }) => {
      const [begin] = entries;
      const blocked = entries.find((entry) => entry.e === 'blocked');
      if (begin?.e !== 'begin') throw new Error('a journal begins with begin');
      return `${begin.number} ${begin.presentation} ${begin.line} ${blocked?.rule ?? 'none'}`;
    });
    expect({ seed, found: found.sort() }).toEqual({ seed, found: wanted.sort() });
    expect(new Set(wanted.map((line) => line.endsWith('none')))).toEqual(new Set([true, false]));
  });

  it('write numbers alike', async () => {
    const written = [
      ...['+81901234567', '+810901234567', '090-1234-5678', '1840312345678', '18609012345678', '18403', '186', '+81'],
      ...['+8618412345678', '0312345678', '1841234', '12345'],
    ];
    for (const number of written) await invite(place.carrier, box.sip, LINES.main, shownAs(number));
    const found = (await stage.callsOver(written.length)).map(
      ({ entries: [begin] }) => begin?.e === 'begin' && begin.number,
    );
    expect(found).toEqual(written.map((number) => foldNumber(number)));
  });
});
