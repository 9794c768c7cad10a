import { describe, expect, it } from '@jest/globals';
import { type CallPhone } from './call-phones.schema.ts';
import { callPhones } from './call-phones.service.ts';

const phones = ['p201', 'p202', 'p209'].map((id): CallPhone => ({
  id,
  name: id,
  extension: id.slice(1),
  state: 'registered',
}));
const desks = [
  { id: 'citizens', name: '市民課', members: ['p201', 'p202'], ringSeconds: 20, supervisors: ['p209', 'p202'] },
  { id: 'tax', name: '税務課', members: ['p209'], ringSeconds: 20, supervisors: ['p201'] },
];
const ids = (list: CallPhone[]) => list.map(({ id }) => id);

describe('the phones of a call in progress', () => {
  it('are the one that talks, all others, and the supervisors of its desks', () => {
    const { talking, others, supervisors } = callPhones(phones, desks, 'p201');
    expect([talking?.id, ids(others), ids(supervisors)]).toEqual(['p201', ['p202', 'p209'], ['p202', 'p209']]);
  });

  it('never supervise themselves', () => {
    expect(ids(callPhones(phones, desks, 'p202').supervisors)).toEqual(['p209']);
  });

  it('have nobody to supervise while none talks', () => {
    expect(callPhones(phones, desks, null)).toEqual({ talking: null, others: phones, supervisors: [] });
  });
});
