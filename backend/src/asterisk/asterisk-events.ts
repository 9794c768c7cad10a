import { z } from 'zod';
import { SCHEDULE_SWITCHED_EVENT } from './dialplan-names.ts';

const RawChannel = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string().default(''),
  /** Only what `channelvars` in ari.conf names. */
  channelvars: z.record(z.string(), z.string()).default({}),
});

/** A channel as it was at the time of an event. Caller numbers are left out: they may be withheld (telephony.md 4.2). */
export const AsteriskChannel = RawChannel.transform(({ id, name, channelvars }) => ({
  id,
  name,
  variables: channelvars,
}));
export type AsteriskChannel = z.infer<typeof AsteriskChannel>;

const Timestamp = z.string().transform((text, context) => {
  const at = new Date(text);
  if (!Number.isNaN(at.getTime())) return at;
  context.addIssue('not a timestamp');
  return z.NEVER;
});

const raw = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), timestamp: Timestamp, ...shape });

const Playback = z.object({ id: z.string(), state: z.string() });

/** The event does not carry the arguments of its own; they stand in what the channel executes. */
const BroadcastArguments = z
  .object({ dialplan: z.object({ app_data: z.string() }) })
  .transform(({ dialplan }) => ({ args: (dialplan.app_data.split(',')[2] ?? '').split(':') }));

const RawEvent = z.discriminatedUnion('type', [
  raw('CallBroadcast', { channel: AsteriskChannel.and(BroadcastArguments) }),
  raw('StasisStart', { channel: AsteriskChannel, args: z.array(z.string()) }),
  raw('StasisEnd', { channel: AsteriskChannel }),
  raw('ChannelDestroyed', { channel: AsteriskChannel }),
  raw('ChannelHold', { channel: AsteriskChannel }),
  raw('ChannelUnhold', { channel: AsteriskChannel }),
  raw('PlaybackFinished', { playback: Playback }),
  raw('ChannelUserevent', { eventname: z.string() }),
  raw('ApplicationReplaced', { application: z.string() }),
]);
type RawEvent = z.infer<typeof RawEvent>;

const KNOWN = new Set<unknown>(RawEvent.options.map((option) => option.shape.type.value));

/** What Asterisk tells, as the rest of the process sees it. */
export type AsteriskEvent =
  | { type: 'stasis-ended' | 'channel-gone'; at: Date; channel: AsteriskChannel }
  | { type: 'held' | 'resumed'; at: Date; channel: AsteriskChannel }
  | { type: 'call-broadcast' | 'stasis-started'; at: Date; channel: AsteriskChannel; args: string[] }
  | { type: 'playback-finished'; at: Date; playbackId: string; failed: boolean }
  /** A phone has switched a schedule by its code. */
  | { type: 'schedule-switched'; at: Date }
  | { type: 'application-replaced'; at: Date };

/** What became of a message: an event, one that nobody here needs, or one that is not what it should be. */
export type ReadEvent = { event: AsteriskEvent } | { ignored: true } | { malformed: string };

/** @param text one message of the ARI websocket */
export function readAsteriskEvent(text: string): ReadEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { malformed: 'no JSON' };
  }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string') return { malformed: 'no type' };
  if (!KNOWN.has(type)) return { ignored: true };
  const result = RawEvent.safeParse(value);
  if (!result.success)
    return { malformed: `${type}: ${result.error.issues.map(({ path }) => path.join('.')).join(', ')}` };
  const event = translate(result.data);
  return event ? { event } : { ignored: true };
}

function translate(raw: RawEvent): AsteriskEvent | null {
  const at = raw.timestamp;
  switch (raw.type) {
    case 'CallBroadcast':
      return { type: 'call-broadcast', at, channel: raw.channel, args: raw.channel.args };
    case 'StasisStart':
      return { type: 'stasis-started', at, channel: raw.channel, args: raw.args };
    case 'StasisEnd':
      return { type: 'stasis-ended', at, channel: raw.channel };
    case 'ChannelDestroyed':
      return { type: 'channel-gone', at, channel: raw.channel };
    case 'ChannelHold':
      return { type: 'held', at, channel: raw.channel };
    case 'ChannelUnhold':
      return { type: 'resumed', at, channel: raw.channel };
    case 'PlaybackFinished':
      return { type: 'playback-finished', at, playbackId: raw.playback.id, failed: raw.playback.state !== 'done' };
    case 'ChannelUserevent':
      return raw.eventname === SCHEDULE_SWITCHED_EVENT ? { type: 'schedule-switched', at } : null;
    case 'ApplicationReplaced':
      return { type: 'application-replaced', at };
  }
}
