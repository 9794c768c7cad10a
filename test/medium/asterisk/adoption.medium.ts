import { beforeAll, describe, expect, it } from '@jest/globals';
import { AmiCommands } from '../../../backend/src/asterisk/ami-commands.ts';
import { AriCommands } from '../../../backend/src/asterisk/ari-commands.ts';
import { CallEngine } from '../../../backend/src/calls/call-engine.service.ts';
import { namesIn } from '../../../backend/src/calls/call-names.ts';
import { tellsPresent } from '../../../backend/src/calls/conversation.ts';
import { phoneOfChannel } from '../../../backend/src/calls/phone-channels.ts';
import { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import { toneIntervals, totalMs } from '../../town/listen.ts';
import { type Caller, type PhoneCall } from '../../town/party.ts';
import { readStereo } from '../../town/sound-file.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { CutLine } from './cut-line.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { SilentClaimer } from './silent-claimer.ts';
import { officeAt, setStage } from './stage.ts';
import { TelephonyUnderTest } from './telephony-under-test.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const LINE = { announced: '0312345601', direct: '0312345602', menu: '0312345603', message: '0312345604' };

/** extensions-deciding.conf; the notice takes less than so long. */
const UNCLAIMED_MS = 500;
const NOTICE_MS = 4000;
const SLACK_MS = 3000;

const end = { type: 'end', cause: 'normal' };
const ring = { type: 'desk', desk: 'citizens', otherwise: 'end' };
const line = (id: keyof typeof LINE, start: string, nodes: object) => ({
  ...{ id, name: id, trunk: 'hikari', number: LINE[id], flow: { start, nodes: { ...nodes, ring, end } } },
});

const office = ConfigurationDocument.parse({
  ...officeAt(place, ['201', '202', '203']),
  desks: [{ id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 30 }],
  notices: [{ id: 'short', name: '録音告知', text: '録音されます。', audio: 'recording-notice-short' }],
  lines: [
    line('announced', 'say-it', { 'say-it': { type: 'notice', notice: 'short', next: 'ring' } }),
    line('direct', 'ring', {}),
    line('menu', 'ask', {
      ask: {
        ...{ type: 'menu', notice: 'short', firstKeySeconds: 30, nextKeySeconds: 2, retries: 1, otherwise: 'end' },
        choices: [{ keys: '1', then: 'go', node: 'ring' }],
      },
    }),
    line('message', 'speak', { speak: { type: 'message', longestSeconds: 60, silenceSeconds: 10, next: 'ring' } }),
  ],
  recordings: STANDARD_RECORDINGS,
});

describe('a telephony process that comes back in the middle of calls', () => {
  const stage = setStage(place, { office });
  const { call, callOver, told } = stage;
  let box: BoxAsterisk;
  let town: Town;
  let telephony: TelephonyUnderTest;
  let ari: CutLine;
  let ami: CutLine;

  beforeAll(async () => {
    ({ box, town } = stage);
    const { ariPort, amiPort } = box.settings.endpoints;
    ari = await CutLine.to(ariPort);
    stage.alsoEnds(() => ari.stop());
    ami = await CutLine.to(amiPort);
    stage.alsoEnds(() => ami.stop());
    telephony = await TelephonyUnderTest.beside(stage, { ariPort: ari.port, amiPort: ami.port });
  });

  async function away(meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await telephony.stop();
    await meanwhile();
    await telephony.start();
  }

  /** Phones that Asterisk connects with the outside party, and whether they hold. */
  async function shown(): Promise<Map<string, boolean>> {
    const ari = telephony.get(AriCommands);
    const [bridges, channels] = await Promise.all([ari.bridges(), ari.channels()]);
    const together = bridges.map(({ channelIds }) => channels.filter(({ id }) => channelIds.includes(id)));
    const outside = together.find((members) => members.some(({ name }) => name.includes('trunk-hikari'))) ?? [];
    const phones = new Map<string, boolean>();
    for (const { id, name } of outside) {
      const phone = phoneOfChannel(name, office.phones);
      if (phone !== null) phones.set(phone, await ari.isHolding(id));
    }
    return phones;
  }
  /** The same by the journal, which is what everybody else sees. */
  const known = async () => tellsPresent((await call())?.entries ?? [], namesIn(office));
  const agreed = () =>
    eventually('the journal to tell what Asterisk shows', async () => {
      const [journal, asterisk] = [await known(), await shown()];
      return JSON.stringify([...journal]) === JSON.stringify([...asterisk]) ? asterisk : undefined;
    });

  async function talk(): Promise<{ caller: Caller; phoneCall: PhoneCall }> {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.direct });
    const phoneCall = await phone.rung();
    await phoneCall.answered();
    await told('answered');
    return { caller, phoneCall };
  }
  const foundLater = (call: SpooledCall) => story(call).filter((step) => step.endsWith(' later'));

  it('while a phone rings misses nothing, and the call is answered', async () => {
    const phone = town.phone('201');
    const caller = await town.call({ from: NUMBER, to: LINE.direct });
    const phoneCall = await phone.rung();
    await away();
    expect(await agreed()).toEqual(new Map());
    await phoneCall.answer('silence');
    await told('answered');
    expect(await agreed()).toEqual(new Map([['p201', false]]));
    await caller.hangUp();
    const call = await callOver();
    expect(foundLater(call)).toEqual([]);
    expect(story(call).slice(-2)).toEqual(['left p201', 'end 16 caller']);
  });

  it('finds who put the caller on hold meanwhile, and that it is over', async () => {
    const { caller, phoneCall } = await talk();
    await away(() => phoneCall.hold());
    await told('held');
    expect(await agreed()).toEqual(new Map([['p201', true]]));
    await away(() => phoneCall.resume());
    await told('resumed');
    expect(await agreed()).toEqual(new Map([['p201', false]]));
    await caller.hangUp();
    expect(foundLater(await callOver())).toEqual(['held p201 later', 'resumed p201 later']);
  });

  it('in the middle of a consultation knows who is with whom, and of the transfer that came meanwhile', async () => {
    const colleague = town.phone('203').willAnswer();
    const { caller, phoneCall } = await talk();
    await phoneCall.hold();
    await told('held');
    const consultation = await town.callFromPhone('201', '203');
    const colleagueCall = await colleague.rung();
    await consultation.answered();
    await away();
    expect(await agreed()).toEqual(new Map([['p201', true]]));
    await away(async () => {
      await phoneCall.transferInto(consultation, town.extensionUri('203'));
      await pause(500);
      await Promise.all([phoneCall.hangUp(), consultation.hangUp()]);
      await Promise.all([phoneCall.ended(), consultation.ended()]);
    });
    await told('transferred');
    expect(await agreed()).toEqual(new Map([['p203', false]]));
    await colleagueCall.hangUp();
    await caller.ended();
    const call = await callOver();
    expect(foundLater(call)).toEqual([]);
    expect(story(call).slice(-3)).toEqual(['transferred p201 p203', 'left p203', 'end 16 office']);
    // The consultation is a call of its own.
    stage.nextCall();
  });

  it.each([
    ['menu', 'menu', (caller: Caller) => caller.sendDigits('1')],
    ['message', 'message', () => Promise.resolve()],
  ] as const)('while the caller is in a %s leaves the call to the dialplan', async (on, event, act) => {
    const phone = town.phone('201');
    const caller = await town.call({ from: NUMBER, to: LINE[on], says: { tone: 440 } });
    await told(event);
    await away();
    await act(caller);
    if (on === 'menu') await phone.rung();
    await caller.hangUp();
    const call = await callOver();
    expect(call.entries.filter(({ e }) => e === 'fallback' || e === 'fault')).toEqual([]);
    expect(call.entries.at(-1)).toMatchObject({ e: 'end', by: 'caller' });
  });

  it('gives a call back to the dialplan at once that was in the hands of the process before', async () => {
    const phone = town.phone('201').willAnswer();
    await telephony.stop();
    const dying = await SilentClaimer.start(box.settings);
    const caller = await town.call({ from: NUMBER, to: LINE.announced });
    await eventually('the claim', () => Promise.resolve(dying.claimed === 1));
    dying.stop();
    await telephony.start();
    expect(telephony.get(CallEngine).size).toBe(0);
    await (await phone.rung()).answered();
    await told('answered');
    await caller.hangUp();
    const steps = story(await callOver()).filter((step) => /^(claimed|fallback|answered)/.test(step));
    expect(steps).toEqual([expect.stringMatching(/^fallback (failed|lease-expired)$/), 'answered p201']);
  });

  /** When the phone rang, counted from the beginning of the call, and who steered it there. */
  async function rungAfter(act: () => void | Promise<void>): Promise<{ ringMs: number; steps: string[] }> {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.announced, says: { tone: 440 } });
    await act();
    await (await phone.rung(30_000)).answered();
    await pause(500);
    await caller.hangUp();
    const call = await callOver();
    expect(call.entries.filter(({ e }) => e === 'recorder')).toHaveLength(1);
    const { left } = await readStereo(call.recording);
    expect(totalMs(toneIntervals(left, 440))).toBeGreaterThan(1000);
    const at = (event: string) => Number(call.entries.find(({ e }) => e === event)?.at) * 1000;
    const steps = story(call).filter((step) => /^(claimed|fallback|notice |answered)/.test(step));
    return { ringMs: at('ringing') - at('begin'), steps };
  }
  const restore = async () => {
    ari.restore();
    ami.restore();
    // A connection that has just been ended is told a moment later.
    await eventually('both connections to answer', async () => {
      await telephony.get(AriCommands).version();
      await telephony.get(AmiCommands).kept('switch');
      await pause(300);
      await telephony.untilConnected();
      return (await telephony.get(AriCommands).version()) !== '';
    });
  };

  it.each([
    [
      'ARI is cut before a call: the dialplan carries it, announced and recorded',
      () => ari.cut(),
      'fallback unclaimed',
    ],
    ['AMI is cut before a call: it is carried, announced and recorded as ever', () => ami.cut(), 'claimed'],
  ])('%s', async (_, breakDown, taken) => {
    breakDown();
    try {
      const { ringMs, steps } = await rungAfter(() => undefined);
      expect(steps).toEqual([taken, 'notice short', 'answered p201']);
      expect(ringMs).toBeLessThan(UNCLAIMED_MS + NOTICE_MS + SLACK_MS);
    } finally {
      await restore();
    }
  });

  it.each([
    ['ARI is cut', () => ari.cut()],
    ['AMI is cut', () => ami.cut()],
    ['ARI stands and nothing comes through', () => ari.freeze()],
  ])('%s during the notice: the caller goes on to the phone', async (_, breakDown) => {
    try {
      const { ringMs, steps } = await rungAfter(async () => {
        await told('notice');
        breakDown();
      });
      expect(steps).toEqual(['claimed', 'notice short', 'answered p201']);
      expect(ringMs).toBeLessThan(NOTICE_MS + SLACK_MS);
    } finally {
      await restore();
    }
  });
});
