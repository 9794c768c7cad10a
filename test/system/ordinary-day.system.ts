import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newNumber } from '../town/conversation.ts';
import { OFFICE } from '../town/office.ts';
import { type PhoneCall } from '../town/party.ts';
import { type Scene } from '../town/scene.ts';
import { runSipp } from '../town/sipp.ts';
import { ordinaryDay } from './ordinary-day.ts';
// Each of them adds its tests, which use the two minutes until a vanished caller is noticed.
import './first-call.ts';
import './transfers.ts';
import './hang-ups.ts';
import './flows.ts';
import './call-acts.ts';
import './blocklist.ts';

/** pjsip.conf, rtp_timeout: how long a conversation may be without a packet from one side. */
const VANISHED_AFTER_MS = 120_000;

let scene: Scene;
let vanished: { from: string; at: number; phoneCall: PhoneCall };

beforeAll(async () => {
  scene = await ordinaryDay();
  const phone = scene.town.phone('201').willAnswer();
  const box = { host: '127.0.0.1', port: scene.box.sipPort };
  const caller = newNumber();
  const run = { box, from: scene.town.addresses.carrier, to: OFFICE.citizens, caller };
  await runSipp({ scenario: 'vanishing-later', ...run });
  vanished = { from: caller, at: Date.now(), phoneCall: await phone.rung() };
});

afterAll(async () => {
  await scene.stop();
});

describe('a caller who vanished in the middle of the conversation', () => {
  it('is given up after two minutes without a packet: the phone is released, and the call is in the list', async () => {
    const { at } = await vanished.phoneCall.ended(VANISHED_AFTER_MS + 30_000);
    expect(at - vanished.at).toBeGreaterThan(VANISHED_AFTER_MS - 5000);
    expect(at - vanished.at).toBeLessThan(VANISHED_AFTER_MS + 15_000);
    expect(await scene.api.filedCall(vanished.from)).toMatchObject({
      outcome: 'answered',
      recording: { state: 'sealed' },
    });
  }, 180_000);
});
