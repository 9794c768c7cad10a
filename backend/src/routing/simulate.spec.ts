import { describe, expect, it } from '@jest/globals';
import { approvedRule } from '../blocklist/block-rules.fixture.ts';
import { smallOffice } from '../configuration/document.fixture.ts';
import { MenuNode } from '../menus/menu.schema.ts';
import { officeHours } from '../schedules/schedule.fixture.ts';
import { simulate } from './simulate.ts';
import { SimulatedCall } from './simulation.schema.ts';

/** A notice, the hours, a menu with two desks' worth of choices, a message. */
function townHall() {
  const document = smallOffice();
  document.schedules = [officeHours()];
  const [line] = document.lines;
  if (!line) throw new Error('the small office has a line');
  line.flow.nodes = {
    announce: { type: 'notice', notice: 'recording', next: 'hours' },
    hours: { type: 'schedule', schedule: 'office', open: 'ask', closed: 'closed', closedDay: 'end' },
    ask: MenuNode.parse({
      type: 'menu',
      notice: 'recording',
      choices: [
        { keys: '1', then: 'go', node: 'ring' },
        { keys: '12', then: 'go', node: 'outside' },
      ],
      retries: 1,
      otherwise: 'end',
    }),
    ring: { type: 'desk', desk: 'shimin', otherwise: 'closed' },
    outside: { type: 'forward', number: '0901112222', show: 'caller', ringSeconds: 30, otherwise: 'end' },
    closed: { type: 'message', longestSeconds: 60, silenceSeconds: 5, next: 'end' },
    end: { type: 'end', cause: 'normal' },
  };
  return { document, line };
}

function walk(call: Partial<SimulatedCall>) {
  const { document, line } = townHall();
  const whole = SimulatedCall.parse({ at: '2026-11-24T10:00:00+09:00', line: 'main', caller: '0901234567', ...call });
  return simulate(document, line, whole, new Map());
}
const nodes = (call: Partial<SimulatedCall>) => walk(call).steps.map(({ node, turn }) => `${node} ${turn}`);

describe('a simulated call', () => {
  it('goes node by node to the desk that answers', () => {
    expect(nodes({ keys: ['1'] })).toEqual(['announce arrived', 'hours next', 'ask next', 'ring chosen']);
    expect(walk({ keys: ['1'] }).end).toMatchObject({ type: 'desk', node: 'ring' });
  });

  it('tells its reasons in Japanese', () => {
    const { steps, end } = walk({ at: '2026-11-23T10:00:00+09:00' });
    expect(steps.map(({ why }) => why)).toEqual(['着信しました', '告知が終わりました', '開庁時間により進みました']);
    expect(steps[1]).toMatchObject({
      what: '開庁時間「本庁」は閉庁日です。理由: 国民の祝日・休日(勤労感謝の日)',
      rule: 'national-holiday',
    });
    expect(end.summary).toBe('通話を終えます(切断)');
  });

  it('takes keys as a menu does: the longest that can be meant', () => {
    expect(walk({ keys: ['12'] }).end).toMatchObject({ type: 'forward', node: 'outside' });
    expect(walk({ keys: ['13'] }).steps.map(({ turn }) => turn)).toEqual([
      'arrived',
      'next',
      'next',
      'tried-again',
      'gave-up',
    ]);
    expect(nodes({ keys: ['', '1'] }).slice(-2)).toEqual(['ask tried-again', 'ring chosen']);
  });

  it('goes on when nobody answers', () => {
    expect(nodes({ keys: ['1'], parties: 'no-answer' }).slice(-2)).toEqual(['closed next', 'end next']);
  });

  it('says what a withheld number becomes when it is forwarded', () => {
    const { what } = walk({ keys: ['12'], presentation: 'withheld', caller: null }).steps.at(-1) ?? { what: '' };
    expect(what).toBe('0901112222 に転送します(発信者の番号は非通知のまま、30秒呼び出し)');
  });

  it('goes its way when the one desk that a block rule names is not there, as a real call does', () => {
    const { document, line } = townHall();
    const call = SimulatedCall.parse({ at: '2026-11-24T10:00:00+09:00', line: 'main', caller: '0901234567' });
    const toDesk = (desk: string) => {
      const rule = approvedRule({ kind: 'exact', number: '0901234567' }, { action: { type: 'desk', desk } });
      return simulate(document, line, call, new Map(), rule);
    };
    expect(toDesk('shimin')).toMatchObject({ block: { action: 'desk' }, steps: [], end: { type: 'blocked' } });
    const gone = toDesk('gone');
    expect(gone.block?.what).toBe('固定の窓口「gone」は設定にないため、通常どおり進みます');
    expect([gone.steps[0]?.node, gone.end.type]).toEqual(['announce', 'end']);
  });

  it('says so when holidays of that year are not known', () => {
    expect(walk({}).remarks).toEqual([]);
    expect(walk({ at: '2051-11-23T10:00:00+09:00' }).remarks[0]).toContain('2050年まで');
  });
});
