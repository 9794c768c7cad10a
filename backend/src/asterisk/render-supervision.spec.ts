import { describe, expect, it } from '@jest/globals';
import { findConfigurationProblems } from '../configuration/configuration-problems.ts';
import { smallOffice } from '../configuration/document.fixture.ts';
import { officeHours } from '../schedules/schedule.fixture.ts';
import { scheduleSections } from './render-schedules.ts';
import { supervisionSections } from './render-supervision.ts';

function supervisedOffice() {
  const document = smallOffice();
  Object.assign(document.desks[0] ?? {}, { supervisors: ['p201'] });
  return document;
}

describe('who may be at whose conversations', () => {
  it('is a supervisor of a desk at its members, never at itself', () => {
    expect(supervisionSections(supervisedOffice())).toEqual([
      { name: 'supervisors', lines: ['exten => 301_201,1,Return(p301)'] },
      {
        name: 'supervisors-of',
        lines: ['exten => 301,1,NoOp()', ' same => n,Gosub(telling,free,1(201))', ' same => n,Return()'],
      },
    ]);
  });

  it('is nobody unless the document says so', () => {
    expect(supervisionSections(smallOffice()).flatMap(({ lines }) => lines)).toEqual([]);
  });

  it('must be a phone that there is', () => {
    const document = supervisedOffice();
    Object.assign(document.desks[0] ?? {}, { supervisors: ['p999'] });
    expect(findConfigurationProblems(document)).toMatchObject([
      { path: '/desks/0/supervisors/0', problemId: 'unknown-phone' },
    ]);
  });
});

describe('schedules with a number for phones', () => {
  const schedule = { ...officeHours(), code: '1', switchPhones: ['p201'] };

  it('are switched by the phones that may, and by no other', () => {
    const sections = scheduleSections({ ...smallOffice(), schedules: [schedule] });
    expect(sections.find(({ name }) => name === 'schedule-codes')?.lines).toEqual(['exten => 1_201,1,Return(office)']);
    const without = scheduleSections({ ...smallOffice(), schedules: [officeHours()] });
    expect(without.find(({ name }) => name === 'schedule-codes')?.lines).toEqual([]);
  });

  it('have numbers and phones that are right', () => {
    const document = { ...smallOffice(), schedules: [schedule, { ...schedule, id: 'other', switchPhones: ['p999'] }] };
    expect(findConfigurationProblems(document).map(({ path, problemId }) => [path, problemId])).toEqual([
      ['/schedules/1/code', 'duplicate-code'],
      ['/schedules/1/switchPhones/0', 'unknown-phone'],
    ]);
  });
});
