import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { Presentation } from '../../backend/src/calls/journal.schema.ts';
import { type Caller, type Party, type PhoneCall } from '../../test/town/party.ts';
import { SoundStudio } from '../../test/town/sound-studio.ts';
import { type Town } from '../../test/town/town.ts';
import { INSIDE } from '../../test/town/town-process.ts';
import { pause } from '../../test/town/waiting.ts';
import { DEMO_LINES } from './office.ts';

const Turn = z.strictObject({
  who: z.enum(['caller', 'office']),
  /** What is said, as people write it. */
  text: z.string(),
  /** The same as the synthesiser reads it. */
  kana: z.string(),
});
type Turn = z.infer<typeof Turn>;

const DemoCall = z.strictObject({
  /** Told at the terminal. */
  what: z.string(),
  from: z.string(),
  presentation: Presentation.default('shown'),
  /** Another line than the desk's own. */
  to: z.enum(['citizens', 'taxes', 'library', 'unknown']).optional(),
  unanswered: z.boolean().default(false),
  leavesRinging: z.boolean().default(false),
  turns: z.array(Turn),
  transfer: z.strictObject({ to: z.string(), turns: z.array(Turn) }).optional(),
});
export type DemoCall = z.infer<typeof DemoCall>;

/** By desk; each desk takes its calls one after the other, so at most three go on at once. */
export const DemoDay = z.record(z.enum(['citizens', 'taxes', 'library']), z.array(DemoCall).max(10));
export type DemoDay = z.infer<typeof DemoDay>;
export type Desk = keyof DemoDay;

export const readDay = (): DemoDay =>
  DemoDay.parse(JSON.parse(readFileSync(resolve(import.meta.dirname, 'calls.json'), 'utf8')));

const PHONE_OF: Record<Desk, string> = { citizens: '201', taxes: '203', library: '801' };
const ULAW_BYTES_PER_MS = 8;
const BREATH_MS = 400;
const BETWEEN_CALLS_MS = 1500;
const RINGS_MS = 2000;
/** The announcement, and everybody who may be waited for before it. */
const PATIENCE_MS = 60_000;

export interface DayOptions {
  town: Town;
  /** Folder of the synthesiser. */
  toolsDir: string;
  say: (sentence: string) => void;
  /** Nothing new is begun after this. */
  signal: AbortSignal;
}

/** Has the town place the calls of a day, a few at once. A call that goes wrong is told and does not end the day. */
export async function playDay(day: DemoDay, options: DayOptions): Promise<void> {
  const desks = Object.keys(day) as Desk[];
  await Promise.all(desks.map(async (desk) => await new DeskOfTheDay(desk, options).take(day[desk])));
}

class DeskOfTheDay {
  private readonly desk: Desk;
  private readonly options: DayOptions;
  private readonly studio: SoundStudio;

  constructor(desk: Desk, options: DayOptions) {
    this.desk = desk;
    this.options = options;
    this.studio = new SoundStudio(options.toolsDir, this.sounds, `${INSIDE}/sounds`);
  }

  private get sounds(): string {
    return resolve(this.options.town.home, 'sounds');
  }

  async take(calls: DemoCall[]): Promise<void> {
    for (const call of calls) {
      if (this.options.signal.aborted) return;
      this.options.say(`${new Date().toLocaleTimeString('ja-JP')}  ${call.what}`);
      await this.place(call).catch((error: unknown) => {
        if (!this.options.signal.aborted) this.options.say(`this call went wrong: ${String(error)}`);
      });
      await pause(BETWEEN_CALLS_MS);
    }
  }

  private async place(call: DemoCall): Promise<void> {
    const { town } = this.options;
    await Promise.all([...call.turns, ...(call.transfer?.turns ?? [])].map(({ kana }) => this.studio.speech(kana)));
    const phone = town.phone(PHONE_OF[this.desk]);
    if (call.unanswered || call.leavesRinging) phone.willRingOut();
    else phone.willAnswer({ afterMs: RINGS_MS, says: 'silence' });
    const { from, presentation } = call;
    const caller = await town.call({ from, presentation, to: DEMO_LINES[call.to ?? this.desk], says: 'silence' });
    try {
      if (call.turns.length > 0) await this.talk(call, caller, await phone.rung(PATIENCE_MS));
      if (call.leavesRinging) {
        await phone.rung(PATIENCE_MS);
        await pause(RINGS_MS);
      } else if (call.turns.length === 0) {
        await caller.ended(PATIENCE_MS);
      }
    } finally {
      await caller.hangUp();
    }
    await caller.ended(PATIENCE_MS);
  }

  private async talk(call: DemoCall, caller: Caller, office: PhoneCall): Promise<void> {
    await office.answered(PATIENCE_MS);
    await this.converse(call.turns, caller, office);
    if (!call.transfer) return;
    const { to, turns } = call.transfer;
    const { town } = this.options;
    const colleague = town.phone(to).willAnswer({ afterMs: RINGS_MS, says: 'silence' });
    await office.transferTo(town.extensionUri(to));
    const second = await colleague.rung(PATIENCE_MS);
    await second.answered(PATIENCE_MS);
    await this.converse(turns, caller, second);
  }

  private async converse(turns: Turn[], caller: Party, office: Party): Promise<void> {
    await pause(BREATH_MS);
    for (const { who, kana } of turns) {
      const file = resolve(this.sounds, `${basename(await this.studio.speech(kana))}.ulaw`);
      await (who === 'caller' ? caller : office).says({ speech: kana });
      await pause((await stat(file)).size / ULAW_BYTES_PER_MS + BREATH_MS);
    }
  }
}
