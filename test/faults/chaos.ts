import { type CallSummary } from '../../backend/src/calls/call.schema.ts';
import { CALLER_HZ } from '../town/conversation.ts';
import { durationMs, type StereoSound, toneIntervals, totalMs } from '../town/listen.ts';
import { OFFICE, PBX_PHONE } from '../town/office.ts';
import { type Caller } from '../town/party.ts';
import { recordingOf } from '../town/recorded.ts';
import { type Scene } from '../town/scene.ts';
import { eventually, pause } from '../town/waiting.ts';

export const VICTIMS = ['telephony', 'api', 'worker', 'postgres', 'asterisk'] as const;
type Victim = (typeof VICTIMS)[number];

export interface ChaosPlan {
  kills: number;
  /** The same seed kills the same processes at the same moments of a round. */
  seed: number;
  /** In progress whenever something is killed. */
  calls: number;
  /** Callers of this run have numbers of their own. */
  numberPrefix: string;
  /** Told of every kill and of what is found wrong. */
  tell?: (text: string) => void;
}

export interface ChaosTally {
  kills: number;
  /** Of conversations that were answered. */
  calls: number;
  /** Numbers of callers whose call has no recording, more than one, or one that cannot be heard. */
  lost: string[];
  duplicated: string[];
  unreadable: string[];
  /** Of calls that Asterisk's own end took with it: what is missing of their sound. */
  lostToAsteriskMs: number[];
}

interface ChaosCall {
  from: string;
  caller: Caller;
  answeredAt: number;
  /** When Asterisk was killed under it. */
  interruptedAt: number | null;
}

const BOX_AGAIN_MS = 90_000;
/** What a call replaces before the next kill, so that some are always just beginning and some just ending. */
const CHANGED_EACH_ROUND = 4;
/** Sound that was on its way when the call ended. */
const SOUND_SLACK_MS = 600;
/** A hang-up that a loaded machine hears late makes a recording longer than the call was for the town. */
const LENGTH_SLACK_MS = 1000;

/** Kills processes of a box at random moments under calls, and judges every recording by listening to it. */
export class Chaos {
  private readonly scene: Scene;
  private readonly plan: ChaosPlan;
  private readonly random: () => number;
  private readonly current: ChaosCall[] = [];
  private readonly over: ChaosCall[] = [];
  private placed = 0;

  constructor(scene: Scene, plan: ChaosPlan) {
    this.scene = scene;
    this.plan = plan;
    this.random = randomFrom(plan.seed);
  }

  async run(): Promise<ChaosTally> {
    this.scene.town.phone(PBX_PHONE).willAnswer({ afterMs: 50 });
    for (let kill = 0; kill < this.plan.kills; kill++) {
      const leaving = this.current.splice(0, CHANGED_EACH_ROUND);
      await Promise.all([...leaving.map((call) => this.hangUp(call)), this.fill()]);
      await this.kill(this.victim(kill));
    }
    await Promise.all(this.current.splice(0).map((call) => this.hangUp(call)));
    return await this.judge();
  }

  /** Each process once in every five kills, in an order of its own. */
  private victim(kill: number): Victim {
    if (kill % VICTIMS.length === 0) this.deck = shuffled(VICTIMS, this.random);
    return this.deck[kill % VICTIMS.length] ?? 'worker';
  }

  private deck: Victim[] = [];

  private tell(text: string): void {
    this.plan.tell?.(text);
  }

  private async fill(): Promise<void> {
    const missing = this.plan.calls - this.current.length;
    const calls = Array.from({ length: missing }, async () => {
      await pause(this.random() * 500);
      this.current.push(await this.place());
    });
    await Promise.all(calls);
  }

  private async place(): Promise<ChaosCall> {
    return await eventually(
      'a call to be answered',
      async () => {
        const from = `${this.plan.numberPrefix}${String(++this.placed).padStart(5, '0')}`;
        const caller = await this.scene.town.call({ from, to: OFFICE.library });
        try {
          return { from, caller, answeredAt: await caller.answered(10_000), interruptedAt: null };
        } catch (error) {
          // Asterisk was just coming back: the caller tries again, with another number.
          await caller.hangUp();
          throw error;
        }
      },
      { withinMs: BOX_AGAIN_MS, everyMs: 500 },
    );
  }

  private async kill(name: Victim): Promise<void> {
    const { box } = this.scene;
    await pause(this.random() * 1500);
    const before = box.pids[name];
    const killedAt = Date.now();
    this.tell(`kill -9 ${name}, ${this.current.length} calls in progress`);
    box.kill(name, 'SIGKILL');
    if (name === 'asterisk') {
      const interrupted = this.current.splice(0).map((call) => ({ ...call, interruptedAt: killedAt }));
      await Promise.all(interrupted.map((call) => this.hangUp(call)));
      await Promise.all(this.scene.town.phone(PBX_PHONE).calls.map((call) => call.hangUp()));
    }
    await eventually(`${name} to be started again`, () => Promise.resolve(isAnother(box.pids[name], before)), {
      withinMs: BOX_AGAIN_MS,
    });
  }

  private async hangUp(call: ChaosCall): Promise<void> {
    await call.caller.hangUp();
    await call.caller.ended();
    this.over.push(call);
  }

  private async judge(): Promise<ChaosTally> {
    const tally: ChaosTally = {
      ...{ kills: this.plan.kills, calls: this.over.length },
      ...{ lost: [], duplicated: [], unreadable: [], lostToAsteriskMs: [] },
    };
    const deadline = Date.now() + BOX_AGAIN_MS;
    for (const call of this.over) await this.judgeCall(call, tally, deadline);
    return tally;
  }

  private async judgeCall(call: ChaosCall, tally: ChaosTally, deadline: number): Promise<void> {
    const { api } = this.scene;
    const { from, caller, answeredAt, interruptedAt } = call;
    const filed = await api.filedCall(from, Math.max(0, deadline - Date.now())).catch(() => null);
    if (filed?.recording?.state === 'none' && interruptedAt !== null) {
      // Asterisk was killed before it had written anything; how much that may be is judged with the rest of its losses.
      tally.lostToAsteriskMs.push(interruptedAt - answeredAt);
      return;
    }
    if (filed?.recording?.state !== 'sealed') {
      this.tell(`lost: ${from}, ${JSON.stringify(await api.searchCalls({ number: from }).catch(String))}`);
      tally.lost.push(from);
      return;
    }
    if ((await api.searchCalls({ number: from })).length > 1) tally.duplicated.push(from);
    const sound = await this.soundOf(filed, deadline);
    if (!sound) {
      tally.unreadable.push(from);
      return;
    }
    const endedAt = interruptedAt ?? (await caller.ended()).at;
    const heardMs = totalMs(toneIntervals(sound.left, CALLER_HZ));
    if (interruptedAt !== null) {
      tally.lostToAsteriskMs.push(Math.max(0, endedAt - answeredAt - heardMs));
      return;
    }
    // A town that was kept waiting for the processor has said less than the clock tells.
    const saidMs = totalMs(toneIntervals((await caller.heard()).right, CALLER_HZ));
    // From when the box heard of it: an INVITE to an Asterisk that is just starting is sent again and again.
    const shortMs = endedAt - Date.parse(filed.startedAt) - durationMs(sound.left);
    if (heardMs < saidMs - SOUND_SLACK_MS || Math.abs(shortMs) > LENGTH_SLACK_MS) {
      this.tell(`not whole: ${from}, heard ${heardMs} of ${saidMs} ms, ${shortMs} ms short; ${JSON.stringify(filed)}`);
      tally.unreadable.push(from);
    }
  }

  /** A process that has just been started again may refuse for a moment; what it still refuses at the end is lost. */
  private async soundOf(call: CallSummary, deadline: number): Promise<StereoSound | null> {
    const withinMs = Math.max(1000, deadline - Date.now());
    return await eventually('the recording to be heard', () => recordingOf(this.scene, call), { withinMs }).catch(
      (error: unknown) => {
        this.tell(`cannot be heard: ${call.number ?? ''}, ${String(error)}`);
        return null;
      },
    );
  }
}

const isAnother = (pid: number | undefined, before: number | undefined) => pid !== undefined && pid !== before;

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
