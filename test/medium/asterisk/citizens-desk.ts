import { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import { otherSoundIntervals, type Sound, toneIntervals, totalMs } from '../../town/listen.ts';
import type { Caller, Party, PhoneCall } from '../../town/party.ts';
import type { Place } from '../../town/place.ts';
import { eventually } from '../../town/waiting.ts';
import { type SpooledCall, stepOf } from './box-asterisk.ts';
import { officeAt, type Stage } from './stage.ts';

const NUMBER = '0901234567';
/** Of the line `main`. */
export const LINE = '0312345678';
/** Somebody whom the office calls. */
export const OUTSIDE = '0398765432';
export const [CALLER_HZ, PHONE_HZ, OTHER_HZ] = [440, 1000, 1600];
/** So much each has heard of the other. */
const TALK_MS = 300;
/** What a phone hears that calls, until somebody answers. */
const RINGING_HZ = 400;

/**
 * An office with one line, `main`, that rings one desk, `citizens`: the phone 201. The phone 202 belongs to nobody, 203 to whoever
 * supervises the desk.
 * @param more what it has besides, or instead
 */
export function citizensOffice(place: Place, more: object = {}): ConfigurationDocument {
  const flow = {
    start: 'ring',
    nodes: { ring: { type: 'desk', desk: 'citizens', otherwise: 'end' }, end: { type: 'end', cause: 'busy' } },
  };
  return ConfigurationDocument.parse({
    ...officeAt(place, ['201', '202', '203']),
    outgoing: { prefix: '0', trunks: ['hikari'], line: 'main' },
    desks: [{ id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 20, supervisors: ['p203'] }],
    notices: [],
    lines: [{ id: 'main', name: '代表', trunk: 'hikari', number: LINE, flow }],
    recordings: STANDARD_RECORDINGS,
    ...more,
  });
}

/** A conversation between somebody outside and a phone, 201 by default. */
export interface Conversation<Outside extends Party = Caller | PhoneCall, Phone extends Party = Caller | PhoneCall> {
  outside: Outside;
  phone: Phone;
}

/** Begins conversations in that office: whoever is outside says `CALLER_HZ`, the phone `PHONE_HZ`. */
export class CitizensDesk {
  constructor(private readonly stage: Stage) {}

  readonly comingIn = async (): Promise<Conversation<Caller, PhoneCall>> => {
    const answering = this.stage.town.phone('201').willAnswer({ says: { tone: PHONE_HZ } });
    const outside = await this.stage.town.call({ from: NUMBER, to: LINE, says: { tone: CALLER_HZ } });
    return this.begun('answered p201', { outside, phone: await answering.rung() });
  };

  readonly goingOut = async (extension = '201'): Promise<Conversation<PhoneCall, Caller>> => {
    const answering = this.stage.town.phone(OUTSIDE).willAnswer({ says: { tone: CALLER_HZ } });
    const phone = await this.stage.town.callFromPhone(extension, `0${OUTSIDE}`, { tone: PHONE_HZ });
    return this.begun('connected', { outside: await answering.rung(), phone });
  };

  private async begun<C extends Conversation>(step: string, conversation: C): Promise<C> {
    const { outside, phone } = conversation;
    await this.stage.told(step);
    await heardToBe(outside, PHONE_HZ, TALK_MS);
    await heardToBe(phone, CALLER_HZ, TALK_MS);
    return conversation;
  }
}

/** What the journal tells of a conversation, line by line, without how it came about. */
export const conversationIn = ({ entries }: SpooledCall): string[] =>
  entries
    .map(stepOf)
    .filter((step) => !/^(begin|recorder|fallback|ringing|accepted|calling|dialling)/.test(step))
    .map((step) => step.replace(/^(connected \S+) .*/, '$1'));

export const heardBy = async (party: Party): Promise<Sound> => (await party.heard()).left;

/** Waits until a party has heard a tone for so long. */
export const heardToBe = (party: Party, hertz: number, forMs = 600): Promise<boolean> =>
  eventually(`${hertz} Hz to be heard`, async () => toneMs(await heardBy(party), hertz) >= forMs);

/** So long a tone is heard in it. */
export const toneMs = (sound: Sound, hertz: number): number => totalMs(toneIntervals(sound, hertz));

/** So long anything is heard in it that is said by none of the parties, as an announcement or music. */
export const spokenMs = (sound: Sound): number =>
  totalMs(otherSoundIntervals(sound, [RINGING_HZ, CALLER_HZ, PHONE_HZ, OTHER_HZ]));
