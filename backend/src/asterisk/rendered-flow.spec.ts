import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findConfigurationProblems } from '../configuration/configuration-problems.ts';
import { anyDocument } from '../configuration/document.fixture.ts';
import type { Line } from '../lines/line.schema.ts';
import { decide, type Circumstances, type Outcome, type Step } from '../routing/decide.ts';
import { chosenKeys } from '../menus/keys.ts';
import { simulate } from '../routing/simulate.ts';
import { SimulatedCall } from '../routing/simulation.schema.ts';
import { stepInShort } from '../routing/step.fixture.ts';
import { renderConfiguration } from './render-configuration.ts';
import { RenderedFlow } from './rendered-flow.fixture.ts';

type DialStatus = 'ANSWER' | 'NOANSWER' | 'BUSY';

/** What the world does, the same for whoever carries the call. */
function script(keys: readonly string[], dials: readonly DialStatus[]) {
  const pressed = keys.values();
  const dialled = dials.values();
  return {
    press: (): string | null => (pressed.next().value ?? '') || null,
    dial: (): DialStatus => dialled.next().value ?? 'NOANSWER',
  };
}

/** The call as the decision carries it, which is what the live engine and the simulator do. */
function decided(circumstances: Circumstances, { flow }: Line, world: ReturnType<typeof script>): string[] {
  const did: string[] = [];
  let decision = decide(circumstances, flow, null);
  for (;;) {
    const { step, turn } = decision;
    if (turn !== 'tried-again') did.push(stepInShort(step));
    const outcome = outcomeOf(step, world);
    if (outcome === null) return did;
    decision = decide(circumstances, flow, { position: decision.position, outcome });
  }
}

function outcomeOf(step: Step, world: ReturnType<typeof script>): Outcome | null {
  switch (step.type) {
    case 'notice':
      return { type: 'notice-ended' };
    case 'message':
      return { type: 'message-ended' };
    case 'schedule':
      return { type: 'schedule', openness: step.state.openness };
    case 'desk':
    case 'forward': {
      const status = world.dial();
      if (status === 'ANSWER') return null;
      return { type: status === 'BUSY' ? 'busy' : 'unanswered' };
    }
    case 'menu': {
      const pressed = world.press();
      if (pressed === null) return { type: 'no-key' };
      const keys = chosenKeys(step, pressed);
      return keys === null ? { type: 'invalid-keys' } : { type: 'keys', keys };
    }
    case 'end':
      return null;
  }
}

const anyKeys = fc.array(fc.stringMatching(/^[0-9*#]{0,3}$/), { maxLength: 60 });
/** Keys that menus of generated documents have, so that calls get somewhere. */
const goodKeys = fc.array(fc.constantFrom('0', '1', '2', '9', '*', '#', '12', '1*', '123', '90'), { maxLength: 60 });
const dials = fc.array(fc.constantFrom<DialStatus[]>('ANSWER', 'NOANSWER', 'BUSY'), { maxLength: 10 });
const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2052-12-31'), noInvalidDate: true });

describe('a generated dialplan', () => {
  it('carries every call as the decision does, whenever it comes and whatever is pressed', () => {
    const seen = new Set<string>();
    let walked = 0;
    fc.assert(
      fc.property(anyDocument, fc.oneof(anyKeys, goodKeys), dials, instant, (document, keys, dialled, at) => {
        fc.pre(findConfigurationProblems(document).length === 0);
        const { 'extensions.conf': dialplan } = renderConfiguration(document);
        const circumstances = { document, switches: new Map(), at };
        for (const line of document.lines) {
          const byDecision = decided(circumstances, line, script(keys, dialled));
          const rendered = new RenderedFlow(dialplan, { at, ...script(keys, dialled) });
          expect(rendered.walk(line.id, line.flow.start)).toEqual(byDecision);
          for (const step of byDecision) seen.add(step.split(' ')[0] ?? '');
          walked += 1;
        }
      }),
      { numRuns: 200 },
    );
    expect(walked).toBeGreaterThan(100);
    expect([...seen].toSorted()).toEqual(['desk', 'end', 'forward', 'menu', 'message', 'notice', 'schedule']);
  });

  it('carries every call as the simulator says', () => {
    const parties = fc.constantFrom('answer', 'no-answer', 'busy');
    fc.assert(
      fc.property(anyDocument, goodKeys, parties, instant, (document, keys, behaviour, at) => {
        fc.pre(findConfigurationProblems(document).length === 0);
        const { 'extensions.conf': dialplan } = renderConfiguration(document);
        const status: DialStatus = behaviour === 'answer' ? 'ANSWER' : behaviour === 'busy' ? 'BUSY' : 'NOANSWER';
        for (const line of document.lines) {
          const call = SimulatedCall.parse({ at: at.toISOString(), line: line.id, keys, parties: behaviour });
          const { steps } = simulate(document, line, call, new Map());
          const world = { at, press: script(keys, []).press, dial: () => status };
          const did = new RenderedFlow(dialplan, world).walk(line.id, line.flow.start);
          const simulated = steps.filter(({ turn }) => turn !== 'tried-again').map(({ type }) => type as string);
          expect(did.map((step) => step.split(' ')[0])).toEqual(simulated);
        }
      }),
      { numRuns: 100 },
    );
  });
});
