import { firstValueFrom, ReplaySubject, timeout } from 'rxjs';
import { filter } from 'rxjs/operators';
import { type AriConnection, AriError, type AriEvent } from './ari-connection.ts';
import { type StereoSound } from './listen.ts';
import { readStereo } from './sound-file.ts';
import { type SoundStudio } from './sound-studio.ts';

/** What a party says: a tone in Hz, spoken Japanese, silence (RTP without sound) or nothing (no RTP at all). */
export type Says = { tone: number } | { speech: string } | 'silence' | 'nothing';

export interface Ended {
  /** The town's clock. */
  at: number;
  /** Q.850. */
  cause: number;
  /** The SIP status a call attempt was refused with; undefined for one that was answered. */
  sipStatus: number | undefined;
}

export interface PartyContext {
  ari: AriConnection;
  studio: SoundStudio;
  /** Directory of what the parties heard, on the host. */
  heardDir: string;
}

/** SIP 486, 480 (as phones say that are not to be disturbed), 603 and 503. */
const REFUSAL_CAUSE = { busy: '17', away: '19', declined: '16', congested: '34' } as const;
export type Refusal = keyof typeof REFUSAL_CAUSE;

const isUp = (event: AriEvent): boolean => event.type === 'ChannelStateChange' && event.channel?.state === 'Up';

/** One end of a call in the town. What it hears and says is kept until the town is torn down. */
export class Party {
  protected readonly context: PartyContext;
  readonly channelId: string;
  private readonly events$ = new ReplaySubject<AriEvent>();
  private speaking: string | undefined;
  private saying: Says = 'nothing';
  private saidBeforeHold: Says = 'nothing';

  constructor(context: PartyContext, channelId: string) {
    this.context = context;
    this.channelId = channelId;
  }

  /** The town hands every event about this party's channel to it. */
  receive(event: AriEvent): void {
    this.events$.next(event);
  }

  /** Does something as soon as the call is answered, if ever; a party that has left meanwhile does nothing. */
  protected async whenAnswered(act: () => Promise<void>): Promise<void> {
    const answered = await firstValueFrom(this.events$.pipe(filter(isUp)), { defaultValue: undefined });
    if (answered) await act().catch(() => undefined);
  }

  /** When the conversation was established, by the town's clock. */
  async answered(timeoutMs = 15_000): Promise<number> {
    return (await this.when(isUp, 'an answer', timeoutMs)).timestamp;
  }

  async ended(timeoutMs = 15_000): Promise<Ended> {
    const event = await this.when(({ type }) => type === 'ChannelDestroyed', 'the end of the call', timeoutMs);
    const sipStatus = event.tech_cause !== undefined && event.tech_cause >= 300 ? event.tech_cause : undefined;
    return { at: event.timestamp, cause: event.cause ?? 0, sipStatus };
  }

  async says(what: Says): Promise<void> {
    const media = await mediaOf(what, this.context.studio);
    const before = this.speaking;
    this.saying = what;
    // Whatever sounds, sounds until something else is played: silence, cut off at once, leaves nothing. The next sound
    // waits for the one before to be stopped, so that a phone sends without a gap, as phones do.
    await this.play(media ?? (await mediaOf('silence', this.context.studio)) ?? '');
    await this.stop(before);
    if (media === undefined) await this.stopSpeaking();
  }

  private async play(media: string): Promise<void> {
    this.speaking = `${this.channelId}-${Date.now()}-${Math.random()}`;
    await this.context.ari.request('POST', `/channels/${this.channelId}/play/${this.speaking}`, { media });
  }

  /** The line stays open and carries silence. */
  async goSilent(): Promise<void> {
    await this.says('silence');
  }

  /** No sound packet more. Control packets (RTCP) still come: a cable that is pulled is SIPp's `vanishing`. */
  async vanish(): Promise<void> {
    await this.says('nothing');
  }

  /** ARI does one thing after the other on a channel, so a party that presses keys or transfers says nothing meanwhile. */
  async sendDigits(digits: string): Promise<void> {
    const said = this.saying;
    await this.says('nothing');
    await this.context.ari.request('POST', `/channels/${this.channelId}/dtmf`, { dtmf: digits });
    await this.says(said);
  }

  /** Puts the other side on hold; a phone on hold sends no sound. */
  async hold(): Promise<void> {
    this.saidBeforeHold = this.saying;
    await this.says('nothing');
    await this.context.ari.request('POST', `/channels/${this.channelId}/hold`);
  }

  async resume(): Promise<void> {
    await this.context.ari.request('DELETE', `/channels/${this.channelId}/hold`);
    await this.says(this.saidBeforeHold);
  }

  /** Blind transfer: REFER to another extension of the box. The phone hangs up when it sees fit. */
  async transferTo(uri: string): Promise<void> {
    await this.says('nothing');
    await this.context.ari.request('POST', `/channels/${this.channelId}/redirect`, { endpoint: `PJSIP/${uri}` });
  }

  /** Attended transfer: REFER that replaces the consultation call (RFC 3891) with the caller. */
  async transferInto(consultation: Party, uri: string): Promise<void> {
    const dialog = async (key: string) =>
      await this.context.ari.channelVariable(consultation.channelId, `CHANNEL(pjsip,${key})`);
    const replaces = [
      await dialog('call-id'),
      `to-tag=${await dialog('remote_tag')}`,
      `from-tag=${await dialog('local_tag')}`,
    ].join(';');
    await this.transferTo(`${uri}?Replaces=${encodeURIComponent(replaces)}`);
  }

  /** Hangs up; a call that has ended meanwhile is as good. */
  async hangUp(reasonCode = '16'): Promise<void> {
    await this.context.ari
      .request('DELETE', `/channels/${this.channelId}`, { reason_code: reasonCode })
      .catch((error: unknown) => {
        if (!(error instanceof AriError && error.status === 404)) throw error;
      });
  }

  /** left = what this party heard, right = what it said. Complete once the call has ended. */
  async heard(): Promise<StereoSound> {
    return await readStereo(`${this.context.heardDir}/${this.channelId}.raw`);
  }

  protected async when(matches: (event: AriEvent) => boolean, what: string, timeoutMs: number): Promise<AriEvent> {
    const waiting = this.events$.pipe(
      filter(matches),
      timeout({
        first: timeoutMs,
        with: () => {
          throw new Error(`waited ${timeoutMs} ms for ${what} in vain`);
        },
      }),
    );
    return await firstValueFrom(waiting);
  }

  protected remembersSaying(what: Says): void {
    this.saying = what;
  }

  private async stopSpeaking(): Promise<void> {
    const playback = this.speaking;
    this.speaking = undefined;
    await this.stop(playback);
  }

  private async stop(playback: string | undefined): Promise<void> {
    if (playback === undefined) return;
    await this.context.ari.request('DELETE', `/playbacks/${playback}`).catch((error: unknown) => {
      if (!(error instanceof AriError && error.status === 404)) throw error;
    });
  }
}

/** The sound as ARI names it; made before it is needed, so that a party speaks at once. */
export async function mediaOf(what: Says, studio: SoundStudio): Promise<string | undefined> {
  if (what === 'nothing') return undefined;
  if (what === 'silence') return `sound:${await studio.tone(0)}`;
  if ('tone' in what) return `sound:${await studio.tone(what.tone)}`;
  return `sound:${await studio.speech(what.speech)},sound:${await studio.tone(0)}`;
}

/** What the dialplan lets a party say from the first moment, as PlayTones takes it; 0 Hz is silence. */
export function firstTone(says: Says): string {
  if (says === 'nothing') return '';
  return typeof says === 'object' && 'tone' in says ? String(says.tone) : '0';
}

/** Somebody who calls the office. */
export class Caller extends Party {
  /** A tone sounds from the first moment by itself; speech needs somebody to play it. */
  saysWhenAnswered(what: Says): void {
    this.remembersSaying(what);
    if (typeof what === 'object' && 'speech' in what) void this.whenAnswered(async () => await this.says(what));
  }

  /** When the INVITE left, by the town's clock. */
  async invited(timeoutMs = 5000): Promise<number> {
    return (await this.when(({ type }) => type === 'ChannelCreated', 'the call to leave', timeoutMs)).timestamp;
  }

  async ringing(timeoutMs = 15_000): Promise<number> {
    const rings = (event: AriEvent) => event.type === 'ChannelStateChange' && event.channel?.state === 'Ringing';
    return (await this.when(rings, 'ringing', timeoutMs)).timestamp;
  }
}

/** A call as a phone of the office sees it. */
export class PhoneCall extends Party {
  /** What the display shows. */
  readonly callerNumber: string;
  readonly dialled: string;
  readonly rungAt: number;

  constructor(context: PartyContext, start: AriEvent & { channel: NonNullable<AriEvent['channel']> }) {
    super(context, start.channel.id);
    this.callerNumber = start.channel.caller.number;
    this.dialled = start.args?.[0] ?? '';
    this.rungAt = start.timestamp;
  }

  /** A header of the INVITE; empty when there is none. */
  async header(name: string): Promise<string> {
    const read = this.context.ari.channelVariable(this.channelId, `PJSIP_HEADER(read,${name})`);
    return await read.catch((error: unknown) => {
      // What Asterisk says of a header that is not there.
      if (error instanceof AriError && error.status === 500) return '';
      throw error;
    });
  }

  async prepare(says: Says): Promise<void> {
    await mediaOf(says, this.context.studio);
  }

  async ring(): Promise<void> {
    await this.context.ari.request('POST', `/channels/${this.channelId}/ring`);
  }

  async answer(says: Says): Promise<void> {
    await this.context.ari.request('POST', `/channels/${this.channelId}/answer`);
    await this.says(says);
  }

  async refuse(how: Refusal): Promise<void> {
    await this.hangUp(REFUSAL_CAUSE[how]);
  }
}
