import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findConfigurationProblems } from '../configuration/configuration-problems.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { anyDocument, smallOffice } from '../configuration/document.fixture.ts';
import { nodeExtension } from './dialplan-names.ts';
import { expectedObjects, renderConfiguration } from './render-configuration.ts';

/** Sections of a file with their lines. */
function sections(text: string): { head: string; name: string; lines: string[] }[] {
  return text
    .split(/\n\n/)
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const [head = '', ...lines] = block.trimEnd().split('\n');
      return { head, name: /^\[([^\]]+)\]/.exec(head)?.[1] ?? '', lines };
    });
}

const section = (text: string, head: string) => sections(text).find((one) => one.head === head)?.lines;

describe('the rendered dialplan', () => {
  const { 'extensions.conf': dialplan } = renderConfiguration(smallOffice());

  it('looks a dialled number up and knows where its flow starts', () => {
    expect(section(dialplan, '[lines-hikari]')).toEqual([
      'exten => 0312345678,1,Set(DENWABAN_LINE=main)',
      ' same => n,Set(DENWABAN_NODE=announce)',
      ' same => n,Return()',
    ]);
  });

  it('walks the flow as the pure decision does', () => {
    expect(section(dialplan, '[line-main]')).toEqual([
      'exten => node_announce,1,Set(TIMEOUT(absolute)=0)',
      ' same => n,Set(DENWABAN_NODE=announce)',
      ' same => n,Gosub(notice,s,1(recording,recording-notice))',
      ' same => n,Goto(node_ring,1)',
      'exten => node_ring,1,Set(TIMEOUT(absolute)=0)',
      ' same => n,Set(DENWABAN_NODE=ring)',
      ' same => n,Gosub(desk-shimin,s,1)',
      ' same => n,Goto(node_end,1)',
      'exten => node_end,1,Set(TIMEOUT(absolute)=0)',
      ' same => n,Set(DENWABAN_NODE=end)',
      ' same => n,Gosub(end-call,s,1(19))',
      'include => lease',
    ]);
  });

  it('asks again who decides when nobody answered and the call does not simply end', () => {
    const document = smallOffice();
    Object.assign(document.lines[0]?.flow.nodes ?? {}, {
      ring: { type: 'desk', desk: 'shimin', otherwise: 'say-sorry' },
      'say-sorry': { type: 'notice', notice: 'recording', next: 'end' },
    });
    const lines = section(renderConfiguration(document)['extensions.conf'], '[line-main]');
    expect(lines?.slice(4, 8)).toEqual([
      'exten => node_ring,1,Set(TIMEOUT(absolute)=0)',
      ' same => n,Set(DENWABAN_NODE=ring)',
      ' same => n,Gosub(desk-shimin,s,1)',
      ' same => n,Set(DENWABAN_NODE=say-sorry)',
    ]);
    expect(lines?.[8]).toBe(' same => n,Goto(decide,s,1)');
  });

  it('asks after a notice only where a schedule has to be asked', () => {
    const document = smallOffice();
    const nodes = document.lines[0]?.flow.nodes ?? {};
    Object.assign(nodes, { announce: { type: 'notice', notice: 'recording', next: 'hours' } });
    Object.assign(nodes, { hours: { type: 'schedule', schedule: 'office', open: 'ring', closed: 'end' } });
    const lines = section(renderConfiguration(document)['extensions.conf'], '[line-main]');
    expect(lines?.slice(2, 5)).toEqual([
      ' same => n,Gosub(notice,s,1(recording,recording-notice))',
      ' same => n,Set(DENWABAN_NODE=hours)',
      ' same => n,Goto(decide,s,1)',
    ]);
  });

  it('rings every member of a desk by its extension', () => {
    expect(section(dialplan, '[desk-shimin]')).toEqual([
      'exten => s,1,Set(DENWABAN_RING=)',
      ' same => n,Gosub(member,s,1(201))',
      ' same => n,Gosub(member,s,1(301))',
      ' same => n,Gosub(ring,s,1(shimin,20))',
      ' same => n,Return()',
    ]);
  });

  it('lets phones reach phones, and numbers outside only behind them', () => {
    expect(section(dialplan, '[phones]')).toEqual([
      'exten => 201,1,Set(DENWABAN_TO=p201)',
      ' same => n,Goto(internal,201,1)',
      'exten => 301,1,Set(DENWABAN_TO=p301)',
      ' same => n,Goto(internal,301,1)',
      'include => outside',
    ]);
  });
});

describe('the rendered endpoints', () => {
  const { 'pjsip.conf': pjsip } = renderConfiguration(smallOffice());

  it('recognise a trunk by its address and give it a context of its own', () => {
    expect(pjsip).toContain('[trunk-hikari](denwaban-trunk)\naors = trunk-hikari\ncontext = trunk-hikari\n');
    expect(pjsip).toContain('[trunk-hikari]\ntype = identify\nendpoint = trunk-hikari\nmatch = 192.0.2.10\n');
  });

  it('let a phone register with its extension and secret', () => {
    expect(section(pjsip, '[201](denwaban-auth)')).toEqual(['username = 201', 'password = secret-of-201']);
    expect(section(pjsip, '[201](denwaban-phone-aor)')).toEqual([]);
  });

  it('ask the pbx whether it is there, as often as they are told', () => {
    expect(section(pjsip, '[pbx](denwaban-peer-aor)')).toEqual([
      ...['contact = sip:192.0.2.20:5060', 'qualify_frequency = 30'],
    ]);
    const asked = (probeSeconds: number) => {
      const document = smallOffice();
      if (document.pbx) document.pbx.probeSeconds = probeSeconds;
      return section(renderConfiguration(document)['pjsip.conf'], '[pbx](denwaban-peer-aor)')?.slice(1);
    };
    expect(asked(0)).toEqual(['qualify_frequency = 0']);
    expect(asked(4)).toEqual(['qualify_frequency = 4']);
    // Whoever is asked again before the answer has come may be taken for one that is away.
    expect(asked(2)).toEqual(['qualify_frequency = 2', 'qualify_timeout = 1.8']);
  });

  it('reach a phone behind the pbx at the pbx, without anybody being recognised as that phone', () => {
    expect(section(pjsip, '[301](denwaban-phone-behind-pbx)')).toEqual(['aors = 301', 'set_var = DENWABAN_PHONE=p301']);
    expect(pjsip).toContain('[301]\ntype = aor\ncontact = sip:3301@192.0.2.20:5060\n');
    expect(pjsip).not.toContain('endpoint = 301');
  });
});

describe('any document without problems', () => {
  const LINE =
    /^(?:(?:exten => [\w+*#![\]~-]+,1,| same => n(?:\(\w+\))?,)[A-Z]\w*\([^;\n]*\)|include => (?:lease|outside)|password = [!#-:<-[\]-~]+|[a-z0-9_]+ = [\w.:@<>=+-]+)$/;

  const check = (property: (document: ConfigurationDocument) => void) =>
    fc.assert(
      fc.property(anyDocument, (document) => {
        fc.pre(findConfigurationProblems(document).length === 0);
        property(document);
      }),
      { numRuns: 200 },
    );

  it('renders lines in which no value breaks out of its place', () => {
    check((document) => {
      for (const text of Object.values(renderConfiguration(document)) as string[]) {
        for (const { head, lines } of sections(text)) {
          expect(head).toMatch(/^\[[a-z0-9-]+\](?:\([a-z-]+\))?$/);
          expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
        }
      }
    });
  });

  it('renders each context once, exactly those that are verified afterwards', () => {
    check((document) => {
      const contexts = sections(renderConfiguration(document)['extensions.conf']).map(({ name }) => name);
      expect(contexts.toSorted()).toEqual(expectedObjects(document).contexts.toSorted());
      expect(new Set(contexts).size).toBe(contexts.length);
    });
  });

  it('renders each endpoint once, exactly those that are verified afterwards', () => {
    check((document) => {
      const heads = sections(renderConfiguration(document)['pjsip.conf']).map(({ head }) => head);
      const endpoints = heads.flatMap(
        (head) => /^\[(.+)\]\(denwaban-(?!phone-aor|peer-aor|auth|registration)/.exec(head)?.[1] ?? [],
      );
      expect(endpoints.toSorted()).toEqual(expectedObjects(document).endpoints.toSorted());
      expect(new Set(endpoints).size).toBe(endpoints.length);
    });
  });

  it('gives every node an extension of its own', () => {
    check((document) => {
      for (const { flow } of document.lines) {
        const extensions = Object.keys(flow.nodes).map(nodeExtension);
        expect(new Set(extensions).size).toBe(extensions.length);
        for (const extension of extensions) expect(extension).toMatch(/^node_[a-z0-9_]+$/);
      }
    });
  });

  it('renders the same text again, and another stamp for another document', () => {
    const rendered = renderConfiguration(smallOffice());
    expect(renderConfiguration(smallOffice())).toEqual(rendered);
    const document = smallOffice();
    if (document.phones[0]?.type === 'sip') document.phones[0].secret = 'another-secret';
    expect(expectedObjects(document).contexts[0]).not.toBe(expectedObjects(smallOffice()).contexts[0]);
  });
});
