import { describe, expect, it } from '@jest/globals';
import { smallOffice } from '../../configuration/document.fixture.ts';
import { findConfigurationProblems } from '../../configuration/configuration-problems.ts';
import { RecordingRule } from './recording-rule.schema.ts';
import { decideAtStart, decideRecording, type RecordedCall } from './recording-rules.ts';

const { desks } = smallOffice();
const rule = (id: string, more: object): RecordingRule =>
  RecordingRule.parse({ id, name: id, recording: 'never', ...more });
const incoming: RecordedCall = {
  ...{ direction: 'incoming', lineId: 'main', number: '09011112222', deskId: null, phoneIds: [] },
};
const answeredBy = (deskId: string | null, ...phoneIds: string[]) => ({ ...incoming, deskId, phoneIds });

describe('which recording rule counts', () => {
  it.each([
    ['incoming', 'always'],
    ['outgoing', 'always'],
    ['internal', 'never'],
  ] as const)('with no rule: %s calls are recorded %s', (direction, recording) => {
    expect(decideAtStart([], desks, { ...incoming, direction })).toEqual({
      ...{ recording, rule: 'standard', recorderRuns: recording === 'always' },
    });
  });

  it('is the one about the narrowest thing, wherever it stands', () => {
    const rules = [
      rule('direction', { directions: ['incoming'], recording: 'never' }),
      rule('line', { lines: ['main'], recording: 'on-demand' }),
      rule('desk', { desks: ['shimin'], recording: 'always' }),
      rule('phone', { phones: ['p201'], recording: 'never' }),
      rule('number', { numbers: ['+819011112222'], recording: 'on-demand' }),
    ];
    const call = answeredBy('shimin', 'p201');
    for (const expected of ['number', 'phone', 'desk', 'line', 'direction']) {
      expect(decideRecording(rules, desks, call).rule).toBe(expected);
      rules.pop();
    }
  });

  it('is the first among equals, and needs all of its conditions', () => {
    const rules = [
      rule('other-way', { lines: ['main'], directions: ['outgoing'] }),
      rule('first', { lines: ['main', 'branch'], directions: ['incoming'] }),
      rule('second', { lines: ['main'], recording: 'always' }),
    ];
    expect(decideRecording(rules, desks, incoming)).toEqual({ rule: 'first', recording: 'never' });
  });

  it('does not hold for emergency calls', () => {
    const rules = [rule('out', { directions: ['outgoing'] }), rule('phone', { phones: ['p201'] })];
    const call: RecordedCall = { ...incoming, direction: 'outgoing', number: '119', phoneIds: ['p201'] };
    expect(decideAtStart(rules, desks, call)).toEqual({ recording: 'always', rule: 'emergency', recorderRuns: true });
  });

  it('names a number that is withheld in no rule', () => {
    const rules = [rule('number', { numbers: ['09011112222'] })];
    expect(decideAtStart(rules, desks, incoming)).toMatchObject({ rule: 'number', recorderRuns: false });
    expect(decideAtStart(rules, desks, { ...incoming, number: null })).toMatchObject({ rule: 'standard' });
  });

  it('goes by the desk that was rung, and after a transfer by those of the phone', () => {
    const rules = [rule('desk', { desks: ['shimin'] })];
    expect(decideRecording(rules, desks, answeredBy('zeimu', 'p201')).rule).toBe('standard');
    expect(decideRecording(rules, desks, answeredBy(null, 'p201')).rule).toBe('desk');
    expect(decideRecording(rules, desks, answeredBy(null, 'p999')).rule).toBe('standard');
  });

  it('lets the recorder run from the beginning as long as somebody may answer whose calls are kept', () => {
    const nothing = rule('nothing', { directions: ['incoming'] });
    const but = rule('but', { desks: ['shimin'], recording: 'on-demand' });
    expect(decideAtStart([nothing], desks, incoming)).toMatchObject({ recorderRuns: false });
    expect(decideAtStart([nothing, but], desks, incoming)).toMatchObject({ rule: 'nothing', recorderRuns: true });
    const elsewhere = { ...but, lines: ['branch'] };
    expect(decideAtStart([nothing, elsewhere], desks, incoming)).toMatchObject({ recorderRuns: false });
    const number = rule('number', { numbers: ['09011112222'] });
    expect(decideAtStart([number, but], desks, incoming)).toMatchObject({ rule: 'number', recorderRuns: false });
  });
});

describe('problems of recording rules', () => {
  const problemsOf = (...rules: object[]) => {
    const document = smallOffice();
    document.recordings = {
      ...document.recordings,
      rules: rules.map((more, index) => rule(`rule-${index}`, { reason: '理由', ...more })),
    };
    return findConfigurationProblems(document).map(({ path, problemId }) => [path, problemId]);
  };
  const at = (field: string, problemId: string) => [[`/recordings/rules/0/${field}`, problemId]];

  it.each([
    ['reserved-id', 'id', { id: 'standard' }],
    ['reason-missing', 'reason', { reason: undefined }],
    ['numbers-with-phones', 'numbers', { numbers: ['0312345678'], phones: ['p201'] }],
    ['emergency-number', 'numbers/0', { numbers: ['119'] }],
    ['unknown-line', 'lines/0', { lines: ['branch'] }],
    ['unknown-desk', 'desks/1', { desks: ['shimin', 'zeimu'] }],
    ['unknown-phone', 'phones/0', { phones: ['p999'] }],
  ])('%s', (problemId, field, more) => {
    expect(problemsOf(more)).toEqual(at(field, problemId));
  });

  it('a message that callers leave on a line of which nothing is kept', () => {
    const document = smallOffice();
    for (const line of document.lines) {
      line.flow.nodes.end = { type: 'message', longestSeconds: 60, silenceSeconds: 5, next: 'over' };
      line.flow.nodes.over = { type: 'end', cause: 'normal' };
    }
    const problemsWith = (...rules: RecordingRule[]) => {
      document.recordings = { ...document.recordings, rules };
      return findConfigurationProblems(document).map(({ path, problemId }) => [path, problemId]);
    };
    const never = rule('line', { lines: ['main'], reason: '相談のため' });
    expect(problemsWith(never)).toEqual([['/lines/0/flow/nodes/end', 'message-not-recorded']]);
    expect(problemsWith({ ...never, directions: ['outgoing'] })).toEqual([]);
    expect(problemsWith({ ...never, recording: 'on-demand' })).toEqual([]);
    expect(problemsWith({ ...never, desks: ['shimin'] })).toEqual([]);
  });

  it('of the same id: the second one', () => {
    expect(problemsOf({}, { id: 'rule-0' })).toEqual([['/recordings/rules/1/id', 'duplicate-id']]);
  });

  it('none', () => {
    expect(problemsOf({ lines: ['main'] }, { recording: 'always', reason: undefined })).toEqual([]);
  });
});
