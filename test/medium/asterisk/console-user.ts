import { CallActHandlers, callInProgress } from '../../../backend/src/calls/acts/call-act-handlers.ts';
import type { CallAct, CallActAnswer } from '../../../backend/src/calls/acts/call-act.schema.ts';
import { readJournal } from '../../../backend/src/calls/journal.ts';
import type { Stage } from './stage.ts';
import { TelephonyUnderTest } from './telephony-under-test.ts';

const BY = { userId: '6b0a4f0e-3b7c-4f43-9d6a-0d3a1c6f2b10', name: '佐藤' };
/** That user, as the journal names them. */
export const USER = `${BY.userId} ${BY.name}`;
/** The step of an act that they asked for, as in `story`. */
export const asked = (act: string): string => `asked ${act} ${USER}`;

/** Whoever acts in the console on the call that the running test is about. */
export class ConsoleUser {
  private constructor(
    private readonly stage: Stage,
    private readonly telephony: TelephonyUnderTest,
  ) {}

  /** With a telephony process that carries out what they ask for; it ends before the stage does. */
  static async at(stage: Stage): Promise<ConsoleUser> {
    return new ConsoleUser(stage, await TelephonyUnderTest.beside(stage));
  }

  readonly ask = async (act: CallAct): Promise<CallActAnswer> => {
    const callId = (await this.stage.call())?.id ?? '';
    const call = callInProgress(callId, await readJournal(this.stage.box.settings.layout.spool, callId));
    if (!call) throw new Error('no such call');
    return this.telephony.get(CallActHandlers).perform(act, call, BY);
  };
}
