import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { smallOffice } from '../../../backend/src/configuration/document.fixture.ts';
import type { Flow } from '../../../backend/src/lines/line.schema.ts';
import { Place } from '../../town/place.ts';
import { type BoxAsterisk, story } from './box-asterisk.ts';
import { invite } from './invite.ts';
import { PassingPeer } from './passing-peer.ts';
import { setStage } from './stage.ts';

const place = await Place.claim();
const NUMBER = '0312345679';
const SECRET_NUMBER = '0903334444';
const ANONYMOUS = '<sip:anonymous@anonymous.invalid>';
const LINE = '0312345678';
const RINGING: Flow = {
  start: 'ring',
  nodes: { ring: { type: 'desk', desk: 'shimin', otherwise: 'end' }, end: { type: 'end', cause: 'busy' } },
};
const PAI = `P-Asserted-Identity: <sip:${SECRET_NUMBER}@carrier.example>`;

/** Its one desk is a phone behind the pbx. */
const office: ConfigurationDocument = {
  ...smallOffice(),
  trunks: smallOffice().trunks.map((trunk) => ({ ...trunk, host: place.carrier })),
  pbx: { name: '主装置', host: place.pbx, port: 5060 },
  desks: smallOffice().desks.map((desk) => ({ ...desk, members: ['p301'] })),
  lines: smallOffice().lines.map((line) => ({ ...line, flow: RINGING })),
};

const stage = setStage(place, { office, phones: [] });
let box: BoxAsterisk;

beforeAll(() => {
  ({ box } = stage);
});

describe('a number that a trunk reveals', () => {
  let pbx: PassingPeer;

  beforeAll(async () => {
    pbx = await PassingPeer.at(place.pbx);
    pbx.willSay('486 Busy Here');
    stage.alsoEnds(() => pbx.vanish());
  });

  it.each([
    [
      'as the one the call was diverted from',
      [`Diversion: "Taro" <sip:${SECRET_NUMBER}@carrier.example>;reason=unconditional`],
    ],
    [
      'in the history of the call',
      [`History-Info: <sip:${SECRET_NUMBER}@carrier.example>;index=1, <sip:${LINE}@box>;index=1.1`],
    ],
    ['as an identity that it asserts', [PAI, 'Privacy: id']],
    [
      'as the remote party',
      [`Remote-Party-ID: "Taro" <sip:${SECRET_NUMBER}@carrier.example>;party=calling;privacy=full`],
    ],
    [
      'as who has sent the caller here',
      [`Referred-By: <sip:${SECRET_NUMBER}@carrier.example>`, `User-to-User: ${SECRET_NUMBER}`],
    ],
  ])('%s, of a caller who withholds it, comes to no phone', async (_, more) => {
    pbx.requests.length = 0;
    expect(await invite(place.carrier, box.sip, LINE, `"Anonymous" ${ANONYMOUS}`, more)).toBe(486);
    const call = await stage.callOver();
    expect(story(call)).toContain('ringing shimin');
    const rung = pbx.requests.filter((request) => request.startsWith('INVITE'));
    expect(rung.join('')).toContain('INVITE sip:3301@');
    expect(rung.join('') + call.text + box.log()).not.toContain(SECRET_NUMBER);
  });
});

describe('a call to a number that is no line', () => {
  /** Places a call that is refused at once. @returns its journal */
  async function refusedCall(from: string, more: string[] = [], number = NUMBER) {
    const status = await invite(place.carrier, box.sip, number, from, more);
    const call = await stage.callOver();
    const [begin] = call.entries;
    if (begin?.e !== 'begin') throw new Error('a journal begins with begin');
    return { status, call, begin };
  }

  it('is refused with 404 and has a journal that says so', async () => {
    const { status, call, begin } = await refusedCall('<sip:0901112222@carrier.example>');
    expect(status).toBe(404);
    expect(story(call)).toEqual(['begin', 'refused unknown-line', 'end 1 box']);
    expect(begin).toMatchObject({ direction: 'incoming', trunk: 'hikari', line: '', dialled: NUMBER });
  });

  it.each([
    ['letters', 'reception', ''],
    ['what Asterisk means a hang-up by', 'h', ''],
    ['a number in its international form', '+81312345670', '0312345670'],
    ['too many digits', '1'.repeat(200), '1'.repeat(24)],
  ])('is refused the same when %s are dialled', async (_what, number, dialled) => {
    const { status, begin } = await refusedCall('<sip:0901112222@carrier.example>', [], number);
    expect([status, begin.dialled]).toEqual([404, dialled]);
  });

  it.each([
    ['a number', '<sip:0901112222@carrier.example>', [], '0901112222'],
    ['a number in its international form', '<sip:+81901112222@carrier.example>', [], '0901112222'],
    ['a number with hyphens', '<sip:090-111-2222@carrier.example>', [], '0901112222'],
    ['a tel URI', '<tel:+81901112222>', [], '0901112222'],
    ['an asserted identity', '<sip:0901112222@carrier.example>', [PAI], SECRET_NUMBER],
    ['no wish for privacy', '<sip:0901112222@carrier.example>', ['Privacy: none'], '0901112222'],
    ['a number too long for one', `<sip:${'9'.repeat(3900)}@carrier.example>`, [], '9'.repeat(24)],
    ['a host too long for one', `<sip:0901112222@${'a'.repeat(3000)}>`, [], '0901112222'],
    ['a 4 kB name', `"${'A'.repeat(3900)}" <sip:0901112222@carrier.example>`, [], '0901112222'],
    ['a name of dialplan', '"${SHELL(x)}${EXTEN}$[1+1]{},&" <sip:0901112222@carrier.example>', [], '0901112222'],
    ['a name of JSON', '"\\"}{\\",\\n" <sip:0901112222@carrier.example>', [], '0901112222'],
  ])('shows the number of a caller with %s', async (_what, from, more, number) => {
    const { status, begin } = await refusedCall(from, more);
    expect([status, begin.presentation, begin.number]).toEqual([404, 'shown', number]);
  });

  it.each([
    ['withheld', 'an anonymous caller', `"Anonymous" ${ANONYMOUS}`, []],
    ['withheld', 'an anonymous caller known to the carrier', `"Anonymous" ${ANONYMOUS}`, [PAI, 'Privacy: id']],
    ['withheld', 'a known caller whose carrier forgot to say so', `"Anonymous" ${ANONYMOUS}`, [PAI]],
    ['withheld', 'a number that is to be kept private', `<sip:${SECRET_NUMBER}@carrier.example>`, ['Privacy: id']],
    ['withheld', 'a user who asks for privacy', `<sip:${SECRET_NUMBER}@carrier.example>`, ['Privacy: user;critical']],
    ['payphone', 'a payphone', `"Coin line/payphone" ${ANONYMOUS}`, [PAI]],
    ['unavailable', 'a number that cannot be given', '"Unavailable" <sip:unavailable@unknown.invalid>', []],
    ['unavailable', 'another service', `"Interaction with other service" ${ANONYMOUS}`, [PAI, 'Privacy: id']],
    ['unavailable', 'nobody', '<sip:carrier.example>', []],
    ['unavailable', 'letters', '<sip:somebody@carrier.example>', []],
  ])('is %s for %s, whose number is written nowhere', async (presentation, _who, from, more) => {
    const { status, call, begin } = await refusedCall(from, more);
    expect([status, begin.presentation, begin.number]).toEqual([404, presentation, '']);
    expect(call.text).not.toContain(SECRET_NUMBER);
    expect(box.log()).not.toContain(SECRET_NUMBER);
  });
});
