import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AriConnection } from './ari-connection.ts';
import { AriError } from './asterisk.errors.ts';
import { AsteriskChannel } from './asterisk-events.ts';
import { STASIS_APP, WHISPER } from './dialplan-names.ts';

export interface DialplanPosition {
  context: string;
  extension: string;
}

const NOT_FOUND = 404;
const CONFLICT = 409;
const Variable = z.object({ value: z.string() });
const MediaPackets = z.object({ rxcount: z.int(), txcount: z.int() });
const InDialplan = z.object({ id: z.string(), dialplan: z.object({ app_name: z.string(), app_data: z.string() }) });
/** Snoops and the like are in Stasis too. */
const OFFERED = new RegExp(`^StasisBroadcast\\(\\d+,\\^${STASIS_APP}\\$,incoming:`);
const Bridge = z
  .object({ id: z.string(), channels: z.array(z.string()) })
  .transform(({ id, channels }) => ({ id, channelIds: channels }));
export type AsteriskBridge = z.infer<typeof Bridge>;
const AsteriskInfo = z.object({ system: z.object({ version: z.string() }) });

/**
 * What the process tells Asterisk about calls. Every command settles within 2 s, with an `AriError` or an
 * `AsteriskUnreachableError` when it could not be done.
 */
@Injectable()
export class AriCommands {
  constructor(private readonly connection: AriConnection) {}

  /** @returns false when another process was first or the dialplan has gone on without us */
  async claim(channelId: string): Promise<boolean> {
    try {
      await this.connection.request('events', 'claimChannel', { channelId, application: STASIS_APP });
      return true;
    } catch (error) {
      if (error instanceof AriError && (error.status === NOT_FOUND || error.status === CONFLICT)) return false;
      throw error;
    }
  }

  /** @returns null when the variable is not set or the channel is gone */
  async variable(channelId: string, variable: string): Promise<string | null> {
    try {
      const answer = await this.connection.request('channels', 'getChannelVar', { channelId, variable });
      return Variable.parse(answer).value;
    } catch (error) {
      if (error instanceof AriError && error.status === NOT_FOUND) return null;
      throw error;
    }
  }

  /** @returns how many packets of sound have come from and gone to a channel's party; null when it is gone or has none */
  async mediaPackets(channelId: string): Promise<number | null> {
    try {
      const answer = await this.connection.request('channels', 'rtpstatistics', { channelId });
      const { rxcount, txcount } = MediaPackets.parse(answer);
      return rxcount + txcount;
    } catch (error) {
      if (error instanceof AriError && error.status === NOT_FOUND) return null;
      throw error;
    }
  }

  /** @param sound path of a prompt as Asterisk sees it, without extension */
  async play(channelId: string, playbackId: string, sound: string): Promise<void> {
    await this.connection.request('channels', 'playWithId', { channelId, playbackId, media: `sound:${sound}` });
  }

  /**
   * Opens a channel whose sound only the party of another channel hears. It comes with a `stasis-started` of its own.
   * @param whisperId id of the new channel
   */
  async whisperInto(channelId: string, whisperId: string): Promise<void> {
    const whisper = { snoopId: whisperId, spy: 'none', whisper: 'out', app: STASIS_APP, appArgs: WHISPER };
    await this.connection.request('channels', 'snoopChannelWithId', { channelId, ...whisper });
  }

  async hangUp(channelId: string): Promise<void> {
    await this.connection.request('channels', 'hangup', { channelId });
  }

  async continueAt(channelId: string, { context, extension }: DialplanPosition): Promise<void> {
    await this.connection.request('channels', 'continueInDialplan', { channelId, context, extension, priority: 1 });
  }

  /** Leaves the call to the dialplan where it was claimed, which is where the fallback begins. */
  async giveBack(channelId: string): Promise<void> {
    await this.connection.request('channels', 'continueInDialplan', { channelId });
  }

  /** Rings a phone; when it answers, it goes on in the dialplan. @param shows what the phone displays as the caller */
  async ring(endpoint: string, { context, extension }: DialplanPosition, shows: string): Promise<void> {
    const where = { endpoint: `PJSIP/${endpoint}`, context, extension, priority: 1, callerId: shows, timeout: 30 };
    await this.connection.request('channels', 'originate', where);
  }

  /**
   * Has a place of the dialplan at work that belongs to no call, on a channel of its own; comes back when it has begun. Extension
   * `waiting` of the context is for the other end of that channel, and the place is over when that hangs up.
   */
  async begin({ context, extension }: DialplanPosition): Promise<void> {
    const where = { endpoint: `Local/${extension}@${context}/n`, context, extension: 'waiting', priority: 1 };
    // Left to itself Asterisk takes 192 kHz, between which and a phone it has no way.
    await this.connection.request('channels', 'originate', { ...where, formats: 'ulaw' });
  }

  async channels(): Promise<AsteriskChannel[]> {
    return z.array(AsteriskChannel).parse(await this.connection.request('channels', 'list', {}));
  }

  async bridges(): Promise<AsteriskBridge[]> {
    return z.array(Bridge).parse(await this.connection.request('bridges', 'list', {}));
  }

  /** @returns ids of the channels that have been claimed, or wait to be */
  async claimable(): Promise<string[]> {
    const channels = z.array(InDialplan).parse(await this.connection.request('channels', 'list', {}));
    const offered = channels.filter(({ dialplan }) => OFFERED.test(`${dialplan.app_name}(${dialplan.app_data})`));
    return offered.map(({ id }) => id);
  }

  /** @returns whether the party of a channel has put the others on hold (SDP direction of its sound) */
  async isHolding(channelId: string): Promise<boolean> {
    return (await this.variable(channelId, 'CHANNEL(rtp,hold)')) === '1';
  }

  /** @returns version as Asterisk tells it, e.g. `22.10.1+dfsg+~cs6.17.60671434-1` */
  async version(): Promise<string> {
    const answer = await this.connection.request('asterisk', 'getInfo', { only: 'system' });
    return AsteriskInfo.parse(answer).system.version;
  }
}
