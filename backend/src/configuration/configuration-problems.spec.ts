import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { simulate } from '../routing/simulate.ts';
import { SimulatedCall } from '../routing/simulation.schema.ts';
import { MenuNode } from '../menus/menu.schema.ts';
import { officeHours } from '../schedules/schedule.fixture.ts';
import type { FlowNode, Line } from '../lines/line.schema.ts';
import type { RecordingClass } from '../recordings/recording-class.schema.ts';
import { findConfigurationProblems, missingOwnAudio } from './configuration-problems.ts';
import { ConfigurationDocument } from './configuration.schema.ts';
import { defaultConfiguration } from './default-configuration.ts';
import { anyDocument, smallOffice } from './document.fixture.ts';

const found = (document: ConfigurationDocument) =>
  findConfigurationProblems(document).map(({ path, problemId }) => `${problemId} ${path}`);

/** The small office with something changed. */
function office(change: (document: ConfigurationDocument) => void): ConfigurationDocument {
  const document = smallOffice();
  change(document);
  return document;
}

function lineOf(document: ConfigurationDocument): Line {
  const [line] = document.lines;
  if (!line) throw new Error('the small office has a line');
  return line;
}

const withNodes = (nodes: Record<string, FlowNode>) =>
  office((document) => Object.assign(lineOf(document).flow.nodes, nodes));

describe('a configuration document', () => {
  it('without mistakes has no problems', () => {
    expect(findConfigurationProblems(smallOffice())).toEqual([]);
    expect(findConfigurationProblems(defaultConfiguration())).toEqual([]);
  });

  it('has each id once in its list', () => {
    const document = office(({ phones, trunks }) => {
      phones.push({ id: 'p201', name: '市民課2', type: 'sip', extension: '202', secret: 'secret-of-202' });
      trunks.push({ id: 'hikari', name: '予備', type: 'peer', host: '192.0.2.11', port: 5060 });
    });
    expect(found(document)).toEqual(['duplicate-id /trunks/1/id', 'duplicate-id /phones/2/id']);
  });

  it('has each class of recordings once, and the standard one among them', () => {
    const none = office((document) => {
      const classes: RecordingClass[] = [
        { id: 'evidence', name: '証拠', format: 'flac' },
        { id: 'evidence', name: '証拠2', format: 'opus' },
      ];
      document.recordings = { classes };
    });
    expect(found(none)).toEqual([
      'duplicate-id /recordings/classes/1/id',
      'standard-class-missing /recordings/classes',
    ]);
  });

  it('from before there were classes means the standard one, without loss', () => {
    const older: Partial<ConfigurationDocument> = smallOffice();
    delete older.recordings;
    const { classes } = ConfigurationDocument.parse(older).recordings;
    expect(classes).toEqual([{ id: 'standard', name: '標準', format: 'flac' }]);
  });

  it('tells peers apart by their addresses', () => {
    const document = office(({ trunks, pbx }) => {
      trunks.push({ id: 'second', name: '予備', type: 'peer', host: '192.0.2.10', port: 5062 });
      if (pbx) pbx.host = '192.0.2.10';
    });
    expect(found(document)).toEqual(['shared-address /trunks/1/host', 'shared-address /pbx/host']);
  });

  it('lets several accounts be registered at one address, each once, but no peer beside them', () => {
    const account = (id: string, user: string) =>
      ({ id, name: id, type: 'registration', host: '192.0.2.3', port: 5060, user, secret: 'secret' }) as const;
    const document = office(({ trunks }) => {
      trunks.push(account('first', '3'), account('second', '4'));
    });
    expect(found(document)).toEqual([]);
    document.trunks.push(account('third', '4'));
    document.trunks.push({ id: 'peer', name: '直収', type: 'peer', host: '192.0.2.3', port: 5060 });
    expect(found(document)).toEqual(['shared-address /trunks/4/host', 'shared-account /trunks/3/user']);
  });

  it('lets notices be recorded by registered phones only: of others nobody knows who they are', () => {
    const document = office((changed) => {
      changed.noticeRecording = { phones: ['p201', 'p301', 'p999'] };
    });
    expect(found(document)).toEqual([
      'recording-phone-behind-pbx /noticeRecording/phones/1',
      'unknown-phone /noticeRecording/phones/2',
    ]);
  });

  it('lets schedules be switched by registered phones only, which the dialplan knows', () => {
    const document = office((changed) => {
      changed.schedules = [officeHours({ code: '1', switchPhones: ['p201', 'p301', 'p999'] })];
    });
    expect(found(document)).toEqual([
      'switch-phone-behind-pbx /schedules/0/switchPhones/1',
      'unknown-phone /schedules/0/switchPhones/2',
    ]);
    expect(findConfigurationProblems(document)[0]?.message).toContain('開庁時間「本庁」の切り替えには使えません');
  });

  it('plays sounds that are shipped, or that the office has made', () => {
    const own = '01234567-89ab-8def-8123-456789abcdef';
    const document = office(({ notices }) => {
      notices.push({ id: 'own', name: '町の告知', text: '町です。', audio: own });
      notices.push({ id: 'none', name: '無い', text: '無い。', audio: 'no-such' });
    });
    expect(found(document)).toEqual(['missing-audio /notices/2/audio']);
    expect(missingOwnAudio(document, new Set([own]))).toEqual([]);
    expect(missingOwnAudio(document, new Set()).map(({ path }) => path)).toEqual(['/notices/1/audio']);
  });

  it('gives each phone an extension of its own, and none that is an emergency number', () => {
    const document = office(({ phones }) => {
      phones.push({ id: 'p202', name: '市民課2', type: 'sip', extension: '201', secret: 'secret-of-202' });
      phones.push({ id: 'p119', name: '防災', type: 'sip', extension: '119', secret: 'secret-of-119' });
    });
    expect(found(document)).toEqual([
      'duplicate-extension /phones/2/extension',
      'emergency-extension /phones/3/extension',
    ]);
  });

  it('has a pbx when a phone stands behind one', () => {
    const document = office((changed) => {
      changed.pbx = null;
    });
    expect(found(document)).toEqual(['pbx-missing /phones/1/type']);
  });

  it('rings phones that exist, each once', () => {
    const document = office(({ desks }) => desks[0]?.members.push('p999', 'p201'));
    expect(found(document)).toEqual(['unknown-phone /desks/0/members/2', 'repeated-member /desks/0/members/3']);
  });

  it('plays audio that is there', () => {
    const document = office(({ notices }) => {
      if (notices[0]) notices[0].audio = 'no-such-prompt';
    });
    expect(found(document)).toEqual(['missing-audio /notices/0/audio']);
  });

  it('has lines on trunks that exist', () => {
    const document = office((changed) => {
      lineOf(changed).trunk = 'none';
    });
    expect(found(document)).toEqual(['unknown-trunk /lines/0/trunk']);
  });

  it('has each number once on a trunk, however it is written', () => {
    const again = office((changed) => {
      changed.lines.push({ ...lineOf(changed), id: 'again', number: '+81312345678' });
    });
    expect(found(again)).toEqual(['duplicate-number /lines/1/number']);
    const elsewhere = office((changed) => {
      changed.trunks.push({ id: 'second', name: '予備', type: 'peer', host: '192.0.2.11', port: 5060 });
      changed.lines.push({ ...lineOf(changed), id: 'again', trunk: 'second' });
    });
    expect(found(elsewhere)).toEqual([]);
  });
});

describe('a flow', () => {
  it('starts and goes on at nodes that exist', () => {
    const noStart = office((changed) => {
      lineOf(changed).flow.start = 'nowhere';
    });
    expect(found(noStart)).toEqual(['unknown-node /lines/0/flow/start']);
    expect(found(withNodes({ announce: { type: 'notice', notice: 'recording', next: 'nowhere' } }))).toEqual([
      'unknown-node /lines/0/flow/nodes/announce/next',
      'unreachable-node /lines/0/flow/nodes/ring',
      'unreachable-node /lines/0/flow/nodes/end',
    ]);
    // A name that every object has.
    expect(found(withNodes({ ring: { type: 'desk', desk: 'shimin', otherwise: 'constructor' } }))).toEqual([
      'unknown-node /lines/0/flow/nodes/ring/otherwise',
      'unreachable-node /lines/0/flow/nodes/end',
    ]);
  });

  it('has a desk play a notice that exists to those whom it calls', () => {
    const document = smallOffice();
    document.desks = document.desks.map((desk) => ({ ...desk, outgoingNotice: 'recording' }));
    expect(found(document)).toEqual([]);
    document.desks = document.desks.map((desk) => ({ ...desk, outgoingNotice: 'none' }));
    expect(found(document)).toEqual(['unknown-notice /desks/0/outgoingNotice']);
  });

  it('names notices and desks that exist', () => {
    const document = withNodes({
      announce: { type: 'notice', notice: 'none', next: 'ring' },
      ring: { type: 'desk', desk: 'none', otherwise: 'end' },
    });
    expect(found(document)).toEqual([
      'unknown-notice /lines/0/flow/nodes/announce/notice',
      'unknown-desk /lines/0/flow/nodes/ring/desk',
    ]);
  });

  it('comes to an end', () => {
    expect(found(withNodes({ ring: { type: 'desk', desk: 'shimin', otherwise: 'announce' } }))).toEqual([
      'flow-loop /lines/0/flow/nodes/ring',
      'unreachable-node /lines/0/flow/nodes/end',
    ]);
    expect(found(withNodes({ ring: { type: 'desk', desk: 'shimin', otherwise: 'ring' } }))[0]).toBe(
      'flow-loop /lines/0/flow/nodes/ring',
    );
  });

  it('has no node that nothing leads to', () => {
    expect(found(withNodes({ lost: { type: 'notice', notice: 'recording', next: 'end' } }))).toEqual([
      'unreachable-node /lines/0/flow/nodes/lost',
    ]);
  });

  it('may come to the same node on two ways', () => {
    const twoWays = withNodes({
      ring: { type: 'desk', desk: 'shimin', otherwise: 'sorry' },
      sorry: { type: 'notice', notice: 'recording', next: 'end' },
    });
    expect(found(twoWays)).toEqual([]);
  });

  it('says in Japanese what to do', () => {
    const [problem] = findConfigurationProblems(withNodes({ ring: { type: 'desk', desk: 'none', otherwise: 'end' } }));
    expect(problem?.message).toBe(
      '着信番号「代表」の着信フロー「ring」の窓口「none」は登録されていません。登録済みの窓口を選んでください。',
    );
  });

  it('names menus’ keys once, and leads from them to nodes that exist', () => {
    const document = withNodes({
      announce: MenuNode.parse({
        type: 'menu',
        notice: 'recording',
        choices: [
          { keys: '1', then: 'go', node: 'ring' },
          { keys: '12', then: 'repeat' },
          { keys: '1', then: 'go', node: 'nowhere' },
        ],
        invalidNotice: 'none',
        otherwise: 'end',
      }),
    });
    expect(found(document)).toEqual([
      'unknown-notice /lines/0/flow/nodes/announce/invalidNotice',
      'unknown-node /lines/0/flow/nodes/announce/choices/2/node',
      'duplicate-keys /lines/0/flow/nodes/announce/choices/2/keys',
    ]);
  });

  it('may lead in a circle by keys, but not without any', () => {
    const menu = (otherwise: string) =>
      withNodes({
        announce: MenuNode.parse({
          type: 'menu',
          notice: 'recording',
          choices: [
            { keys: '1', then: 'go', node: 'ring' },
            { keys: '2', then: 'go', node: 'announce' },
          ],
          otherwise,
        }),
      });
    expect(found(menu('ring'))).toEqual([]);
    expect(found(menu('announce'))).toEqual(['flow-loop /lines/0/flow/nodes/announce']);
  });

  it('asks schedules that exist, whose special days come once', () => {
    const nodes = { announce: { type: 'schedule', schedule: 'none', open: 'ring', closed: 'end' } } as const;
    expect(found(withNodes(nodes))).toEqual(['unknown-schedule /lines/0/flow/nodes/announce/schedule']);
    const holiday = { day: '11-15', name: '町制記念日', hours: [] };
    const document = office((changed) => {
      changed.schedules = [officeHours({ specialDays: [holiday, holiday] }), officeHours({ specialDays: [] })];
    });
    expect(found(document)).toEqual(['duplicate-id /schedules/1/id', 'duplicate-day /schedules/0/specialDays/1/day']);
  });

  it('forwards neither to emergency numbers nor to itself', () => {
    const forwardTo = (number: string) => {
      const forward = { type: 'forward', number, show: 'office', ringSeconds: 20, otherwise: 'end' } as const;
      return found(withNodes({ ring: forward }));
    };
    for (const number of ['119', '184110', '186118'])
      expect(forwardTo(number)).toEqual(['emergency-forward /lines/0/flow/nodes/ring/number']);
    expect(forwardTo('+81312345678')).toEqual(['forward-to-own-line /lines/0/flow/nodes/ring/number']);
    expect(forwardTo('0398765432')).toEqual([]);
  });

  it('plays a notice before it rings a desk that requires one, on every way', () => {
    const required = (nodes: Record<string, FlowNode>) => {
      const document = withNodes(nodes);
      if (document.desks[0]) document.desks[0].notice = 'required';
      return found(document);
    };
    expect(required({})).toEqual([]);
    const nodes: Record<string, FlowNode> = {
      announce: { type: 'schedule', schedule: 'office', open: 'ring', closed: 'say' },
      say: { type: 'notice', notice: 'recording', next: 'ring' },
    };
    expect(required(nodes)).toContain('notice-missing /lines/0/flow/nodes/ring');
  });

  it('without problems comes to an end, whoever calls, when, and whatever is pressed', () => {
    let walked = 0;
    const keys = fc.array(fc.stringMatching(/^[0-9*#]{0,3}$/), { maxLength: 40 });
    const parties = fc.constantFrom('answer', 'no-answer', 'busy');
    const at = fc.date({ min: new Date('2026-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(anyDocument, keys, parties, at, (document, pressed, behaviour, instant) => {
        fc.pre(findConfigurationProblems(document).length === 0);
        for (const line of document.lines) {
          const call = { at: instant.toISOString(), line: line.id, keys: pressed, parties: behaviour };
          const { steps, end } = simulate(document, line, SimulatedCall.parse(call), new Map());
          expect(steps.at(-1)).toMatchObject({ node: end.node, type: end.type });
          expect(end.type === 'end' || behaviour === 'answer').toBe(true);
          walked += 1;
        }
      }),
      { numRuns: 300 },
    );
    expect(walked).toBeGreaterThan(50);
  });
});
