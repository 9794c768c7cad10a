import { type CallRequest } from './town.ts';
import { type Scene } from './scene.ts';
import { type Caller, type PhoneCall, type Says } from './party.ts';
import { OFFICE } from './office.ts';
import { longestGapMs, toneIntervals, type Interval } from './listen.ts';
import { type TownPhone } from './town-phone.ts';

export const CALLER_HZ = 440;
export const PHONE_HZ = 1000;

export interface Conversation {
  from: string;
  caller: Caller;
  phone: TownPhone;
  phoneCall: PhoneCall;
}

let lastNumber = 9_011_110_000;

/** Every caller has a number of their own, so that a call is found by it. */
export const newNumber = (): string => `0${++lastNumber}`;

/** A caller and phone 201 talk with each other; comes back when they do. */
export async function startConversation(
  { town }: Pick<Scene, 'town'>,
  more: Partial<CallRequest> & { phoneSays?: Says } = {},
): Promise<Conversation> {
  const { phoneSays = { tone: PHONE_HZ }, ...request } = more;
  const from = request.from ?? newNumber();
  const phone = town.phone('201').willAnswer({ says: phoneSays });
  const caller = await town.call({ to: OFFICE.citizens, says: { tone: CALLER_HZ }, ...request, from });
  const phoneCall = await phone.rung();
  await phoneCall.answered();
  return { from, caller, phone, phoneCall };
}

/** Hangs up and waits until both ends know. */
export async function endConversation({ caller, phoneCall }: Conversation): Promise<void> {
  await caller.hangUp();
  await caller.ended();
  await phoneCall.ended();
}

/** When each heard the other's tone, and how long it was interrupted at most. */
export async function mutuallyHeard({
  caller,
  phoneCall,
}: Conversation): Promise<Record<'byCaller' | 'byPhone', { intervals: Interval[]; gapMs: number }>> {
  const byCaller = toneIntervals((await caller.heard()).left, PHONE_HZ);
  const byPhone = toneIntervals((await phoneCall.heard()).left, CALLER_HZ);
  return {
    byCaller: { intervals: byCaller, gapMs: longestGapMs(byCaller) },
    byPhone: { intervals: byPhone, gapMs: longestGapMs(byPhone) },
  };
}
