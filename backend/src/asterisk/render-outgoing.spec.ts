import { describe, expect, it } from '@jest/globals';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { smallOffice } from '../configuration/document.fixture.ts';
import type { Trunk } from '../trunks/trunk.schema.ts';
import { outgoingSections } from './render-outgoing.ts';
import { trunkLinesSection, trunkPeerSections, trunkSection } from './render-trunks.ts';

const GATEWAY: Trunk = {
  ...{ id: 'gateway', name: 'ホームゲートウェイ', type: 'registration', host: '192.0.2.30', port: 5060 },
  ...{ user: '3', authUser: '0003', secret: 'pass(word)#1' },
};

function office(change: (document: ConfigurationDocument) => void = () => undefined): ConfigurationDocument {
  const document = smallOffice();
  document.trunks.push(GATEWAY);
  document.outgoing = { prefix: '0', trunks: ['gateway', 'hikari'] };
  change(document);
  return document;
}
const linesOf = (name: string, document = office()) =>
  outgoingSections(document).find((section) => section.name === name)?.lines ?? [];
const dialled = (document: ConfigurationDocument) =>
  linesOf('outside', document).flatMap((line) => /^exten => ([^,]+),/.exec(line)?.[1] ?? []);

describe('what phones may dial', () => {
  it('is emergency numbers alone where nothing is said of calls outside', () => {
    const numbers = dialled(office((document) => delete document.outgoing));
    expect(numbers).toEqual(expect.arrayContaining(['110', '118', '119', '184110', '186119']));
    expect(numbers.filter((number) => number.startsWith('_'))).toEqual([]);
  });

  it('is numbers behind the prefix, and emergency numbers with and without it', () => {
    const numbers = dialled(office());
    expect(numbers).toEqual(expect.arrayContaining(['110', '0110', '0184119', '110#', '_0[0-9]!', '_0#!', '_0+!']));
    expect(linesOf('outside').join('\n')).toContain('Set(DENWABAN_WANTED=${EXTEN:1})');
  });

  it('goes through the trunks in their order; emergency calls once more to those that seemed away', () => {
    const tried = (name: string) =>
      linesOf(name).flatMap((line) => /Gosub\(([\w-]+),s,1\((\w+),/.exec(line)?.slice(1) ?? []);
    expect(tried('outgoing-trunks')).toEqual(['outgoing-try', 'gateway', 'outgoing-try', 'hikari']);
    expect(tried('outgoing-emergency-trunks')).toEqual([
      ...['outgoing-try', 'gateway', 'outgoing-try', 'hikari'],
      ...['outgoing-try-untried', 'gateway', 'outgoing-try-untried', 'hikari'],
    ]);
  });

  it('depends on the phone: those that say nothing stay in Japan', () => {
    const lines = (outside?: 'none' | 'all') =>
      linesOf(
        'outgoing-phones',
        office(({ phones }) => phones[0] && outside && (phones[0].outside = outside)),
      );
    expect(lines()[0]).toBe('exten => phone_p201,1,Set(DENWABAN_OUTSIDE=domestic)');
    expect(lines('none')[0]).toContain('DENWABAN_OUTSIDE=none');
    expect(lines('all')[0]).toContain('DENWABAN_OUTSIDE=all');
  });
});

describe('the number shown', () => {
  const shownLine = (change: (document: ConfigurationDocument) => void) =>
    /LINE=(.*)\)$/.exec(linesOf('outgoing-phones', office(change))[1] ?? '')?.[1];

  it('is the phone’s, else its desk’s, else the office’s', () => {
    const everywhere = ({ phones, desks, outgoing }: ConfigurationDocument) => {
      if (phones[0] && desks[0] && outgoing) [phones[0].line, desks[0].line, outgoing.line] = ['one', 'two', 'three'];
    };
    expect(shownLine(everywhere)).toBe('one');
    expect(shownLine((document) => (everywhere(document), delete document.phones[0]?.line))).toBe('two');
    expect(
      shownLine((document) => {
        everywhere(document);
        delete document.phones[0]?.line;
        delete document.desks[0]?.line;
      }),
    ).toBe('three');
    expect(shownLine(() => undefined)).toBe('');
  });

  it('is one of the trunk that is used, none where it has no line', () => {
    expect(linesOf('shown-hikari')).toEqual([
      'exten => other,1,Return(0312345678/main)',
      'exten => line_main,1,Return(0312345678/main)',
    ]);
    expect(linesOf('shown-gateway')).toEqual(['exten => other,1,Return(/)']);
  });
});

describe('a phone behind the business phone', () => {
  it('is known by the number it shows', () => {
    expect(linesOf('phones-behind-pbx')).toEqual(['exten => 3301,1,Return(p301)']);
  });

  it('is the first of several that share a number', () => {
    const shared = office(({ phones }) => {
      phones.push({ id: 'p302', name: '税務課2', type: 'pbx', extension: '302', number: '3301' });
    });
    expect(linesOf('phones-behind-pbx', shared)).toEqual(['exten => 3301,1,Return(p301)']);
  });
});

describe('a trunk', () => {
  const textOf = (trunk: Trunk, beside: Trunk[] = []) =>
    trunkPeerSections(trunk, [...beside, trunk])
      .flatMap(({ lines }) => lines)
      .join('\n');

  it('that registers has what a home gateway needs', () => {
    const text = textOf(GATEWAY);
    for (const line of [
      ...['dtmf_mode = inband', 'from_user = 3', 'from_domain = 192.0.2.30', 'allow = ulaw', 'qualify_frequency = 30'],
      ...['username = 0003', 'password = pass(word)#1', 'client_uri = sip:3@192.0.2.30:5060', 'contact_user = 3'],
      ...['timers = yes', '100rel = yes', 'expiration = 3600'],
    ])
      expect(text.split('\n')).toContain(line);
    expect(trunkSection(GATEWAY).lines).toContain(' same => n,Gosub(dialled-in,s,1(To))');
  });

  it('is known by its address, or, where several accounts have one, by the line it registers', () => {
    expect(textOf(GATEWAY)).toContain('match = 192.0.2.30');
    expect(textOf(GATEWAY)).not.toContain('line = ');
    const second = textOf({ ...GATEWAY, id: 'second', user: '4' }, [GATEWAY]);
    expect(second).toContain('line = yes\nendpoint = trunk-second');
    expect(second).toContain('permit = 192.0.2.30');
    expect(second).not.toContain('match = ');
  });

  it('knows the numbers of the other accounts at its gateway, its own first', () => {
    const shared = office(({ trunks, lines }) => {
      const [line] = lines;
      if (!line) throw new Error('no line');
      trunks.push({ ...GATEWAY, id: 'second', user: '4' });
      lines.push({ ...line, id: 'its-own', trunk: 'second', number: '0355550004' });
      lines.push({ ...line, id: 'as-well', trunk: 'second', number: '0398765432' });
      lines.push({ ...line, id: 'of-the-first', trunk: GATEWAY.id, number: '0398765432' });
    });
    const numbersOf = (trunk: Trunk) => trunkLinesSection(trunk, shared).lines.join('\n');
    const first = numbersOf(GATEWAY);
    expect(first).toContain(
      'exten => 0355550004,1,Set(DENWABAN_LINE=its-own)\n same => n,Set(DENWABAN_TRUNK=second)\n',
    );
    expect(first).toContain('exten => 0398765432,1,Set(DENWABAN_LINE=of-the-first)\n same => n,Set(DENWABAN_NODE=');
    expect(first).not.toContain('as-well');
    for (const trunk of shared.trunks) expect(numbersOf(trunk).includes('its-own')).toBe(trunk.host === GATEWAY.host);
  });

  it('behaves as it is told', () => {
    const text = textOf({
      ...{ id: 'a', name: 'a', type: 'peer', host: '192.0.2.1', port: 5070, keys: 'events', sessionTimers: 'required' },
      ...{ sessionSeconds: 300, reliableProvisional: 'required', probeSeconds: 0 },
    });
    for (const line of [
      ...['dtmf_mode = rfc4733', 'timers = required', 'timers_sess_expires = 300', '100rel = required'],
      ...['qualify_frequency = 0', 'contact = sip:192.0.2.1:5070'],
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).not.toContain('registration');
  });
});
