import { describe, expect, it } from '@jest/globals';
import type { Flow, FlowNode } from '../lines/line.schema.ts';
import { MenuNode, MOST_CHOICES } from '../menus/menu.schema.ts';
import { officeHours } from '../schedules/schedule.fixture.ts';
import {
  arriveAt,
  type Circumstances,
  decide,
  FlowBrokenError,
  type Outcome,
  type Position,
  stepAt,
} from './decide.ts';

const AFTERNOON = new Date('2026-11-24T14:00:00+09:00');
const circumstances: Circumstances = { document: { schedules: [officeHours()] }, switches: new Map(), at: AFTERNOON };

const menu = (more: Record<string, unknown>) =>
  MenuNode.parse({ type: 'menu', notice: 'ask', otherwise: 'end', retries: 1, choices: [], ...more });

const nodes: Record<string, FlowNode> = {
  announce: { type: 'notice', notice: 'recording', next: 'hours' },
  hours: { type: 'schedule', schedule: 'office', open: 'ask', closed: 'leave-message', closedDay: 'end' },
  ask: menu({
    choices: [
      { keys: '1', then: 'go', node: 'ask-more' },
      { keys: '2', then: 'go', node: 'ring' },
      { keys: '9', then: 'repeat' },
    ],
  }),
  'ask-more': menu({
    choices: [
      { keys: '1', then: 'go', node: 'ring' },
      { keys: '0', then: 'back' },
    ],
  }),
  ring: { type: 'desk', desk: 'shimin', busy: 'leave-message', otherwise: 'outside' },
  outside: { type: 'forward', number: '0901112222', show: 'office', ringSeconds: 20, otherwise: 'end' },
  'leave-message': { type: 'message', longestSeconds: 60, silenceSeconds: 5, next: 'end' },
  end: { type: 'end', cause: 'no-answer' },
};
const flow: Flow = { start: 'announce', nodes };

const after = (position: Position, outcome: Outcome) => decide(circumstances, flow, { position, outcome });
const from = (node: string, outcome: Outcome) => after(arriveAt(node), outcome);
/** What the caller presses, one after the other. */
const pressing = (keys: string[], position = arriveAt('ask')) =>
  keys.reduce((now, key) => after(now, { type: 'keys', keys: key }).position, position);

describe('the next step of a call', () => {
  it('is the start of the flow when it has just arrived', () => {
    expect(decide(circumstances, flow, null)).toMatchObject({
      turn: 'arrived',
      step: { node: 'announce', type: 'notice' },
    });
  });

  it('follows a notice and a message', () => {
    expect(from('announce', { type: 'notice-ended' }).step.node).toBe('hours');
    expect(from('leave-message', { type: 'message-ended' }).step.node).toBe('end');
  });

  it.each([
    ['open', 'ask'],
    ['closed', 'leave-message'],
    ['closed-day', 'end'],
  ] as const)('of an office that is %s is %s', (openness, node) => {
    expect(from('hours', { type: 'schedule', openness }).step.node).toBe(node);
  });

  it('tells how the schedule stands at the moment, and by which rule', () => {
    expect(stepAt(circumstances, flow, 'hours')).toMatchObject({ state: { openness: 'open', rule: 'week' } });
    const switched = new Map([['office', { openness: 'closed' as const, until: new Date(AFTERNOON.getTime() + 1) }]]);
    expect(stepAt({ ...circumstances, switches: switched }, flow, 'hours')).toMatchObject({
      state: { openness: 'closed', rule: 'switch' },
    });
  });

  it('tells a busy desk from one where nobody answers', () => {
    expect(from('ring', { type: 'busy' }).step.node).toBe('leave-message');
    expect(from('ring', { type: 'unanswered' }).step.node).toBe('outside');
    expect(from('outside', { type: 'busy' }).step.node).toBe('end');
  });

  it('does not exist after an end, for an outcome the node cannot have, or at a node that does not exist', () => {
    expect(() => from('end', { type: 'notice-ended' })).toThrow(FlowBrokenError);
    expect(() => from('ring', { type: 'notice-ended' })).toThrow(FlowBrokenError);
    expect(() => from('ask', { type: 'keys', keys: '7' })).toThrow(FlowBrokenError);
    expect(() => stepAt(circumstances, flow, 'nowhere')).toThrow(FlowBrokenError);
    expect(() => stepAt(circumstances, flow, 'constructor')).toThrow(FlowBrokenError);
    expect(() => stepAt({ ...circumstances, document: {} }, flow, 'hours')).toThrow(FlowBrokenError);
  });
});

describe('a menu', () => {
  it('leads where its keys say', () => {
    expect(from('ask', { type: 'keys', keys: '2' })).toMatchObject({ turn: 'chosen', step: { node: 'ring' } });
  });

  it('is said again when the caller fails, and given up after as many retries as it has', () => {
    const again = from('ask', { type: 'no-key' });
    expect(again).toMatchObject({ turn: 'tried-again', step: { node: 'ask' } });
    expect(after(again.position, { type: 'invalid-keys' })).toMatchObject({ turn: 'gave-up', step: { node: 'end' } });
  });

  it('counts failures anew for whoever asks to hear it again', () => {
    const failed = from('ask', { type: 'no-key' }).position;
    const repeated = after(failed, { type: 'keys', keys: '9' });
    expect(repeated).toMatchObject({ turn: 'repeated', position: { node: 'ask', failedTries: 0 } });
  });

  it('leads back through the menus one came by, however deep, and stays where there is none', () => {
    const deep = pressing(['1']);
    expect(deep).toMatchObject({ node: 'ask-more', menus: ['ask'] });
    expect(pressing(['0'], deep)).toMatchObject({ node: 'ask', menus: [] });
    expect(pressing(['0'], arriveAt('ask-more'))).toMatchObject({ node: 'ask-more', menus: [] });
  });

  it('does not let one caller choose for ever', () => {
    const tired = pressing(Array.from({ length: MOST_CHOICES }, () => '9'));
    expect(tired.node).toBe('ask');
    expect(after(tired, { type: 'keys', keys: '2' })).toMatchObject({
      turn: 'too-many-choices',
      step: { node: 'end' },
    });
  });
});
