import { describe, expect, it } from '@jest/globals';
import { smallOffice } from '../configuration/document.fixture.ts';
import { FlowBrokenError, nextStep, stepAt } from './decide.ts';

const flow = smallOffice().lines[0]?.flow ?? { start: '', nodes: {} };

describe('the next step of a call', () => {
  it('is the start of the flow when it has just arrived', () => {
    expect(nextStep(flow, null)).toEqual({ type: 'notice', node: 'announce', notice: 'recording' });
  });

  it('is to ring the desk when the notice has been played', () => {
    const step = nextStep(flow, { node: 'announce', outcome: 'notice-ended' });
    expect(step).toEqual({ type: 'desk', node: 'ring', desk: 'shimin' });
  });

  it('is the end when nobody answered', () => {
    const step = nextStep(flow, { node: 'ring', outcome: 'desk-unanswered' });
    expect(step).toEqual({ type: 'end', node: 'end', cause: 'no-answer' });
  });

  it('does not exist after an end, or for an outcome the node cannot have', () => {
    expect(() => nextStep(flow, { node: 'end', outcome: 'notice-ended' })).toThrow(FlowBrokenError);
    expect(() => nextStep(flow, { node: 'ring', outcome: 'notice-ended' })).toThrow(FlowBrokenError);
  });

  it('does not exist at a node that does not exist', () => {
    expect(() => stepAt(flow, 'nowhere')).toThrow(FlowBrokenError);
    expect(() => stepAt(flow, 'constructor')).toThrow(FlowBrokenError);
  });
});
