import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { filter, firstValueFrom, fromEvent, map, merge, take, timer } from 'rxjs';
import { AmiCommands } from '../asterisk/ami-commands.ts';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { AriConnection } from '../asterisk/ari-connection.ts';
import { insideRoot, Settings } from '../platform/settings.ts';
import { keepLease } from '../calls/lease.ts';

const ULAW_BYTES_PER_MS = 8;
/** What playing may take longer than the sound: queueing in Asterisk and the way of the event. */
const MARGIN_MS = 2000;
/** A sound whose length cannot be told. */
const UNKNOWN_LENGTH_MS = 60_000;
const START_WITHIN_MS = 1500;

/** `failed` = Asterisk could not play it; `stuck` = it neither ended nor failed in time; `gone` = the caller left. */
export type NoticeResult = 'ended' | 'failed' | 'stuck' | 'gone';

/** Plays a 告知 to a claimed call and keeps the call's lease as long as the notice makes progress. */
@Injectable()
export class NoticePlayer {
  constructor(
    private readonly connection: AriConnection,
    private readonly commands: AriCommands,
    private readonly variables: AmiCommands,
    private readonly settings: Settings,
  ) {}

  /**
   * @param audio name of the prompt
   * @param gone aborted when the call is no longer ours
   * @throws AriError, AsteriskUnreachableError when Asterisk does not take the order
   */
  async play(channelId: string, audio: string, gone: AbortSignal): Promise<NoticeResult> {
    if (gone.aborted) return 'gone';
    const playbackId = `notice-${randomUUID()}`;
    const lengthMs = await this.lengthMs(audio);
    const mine = this.connection.events$.pipe(
      filter((event) => 'playbackId' in event && event.playbackId === playbackId),
    );
    let started = false;
    const result = firstValueFrom(
      merge(
        mine.pipe(
          filter((event) => event.type === 'playback-finished'),
          map((event): NoticeResult => (event.failed ? 'failed' : 'ended')),
        ),
        fromEvent(gone, 'abort').pipe(map((): NoticeResult => 'gone')),
        timer(START_WITHIN_MS).pipe(
          filter(() => !started),
          map((): NoticeResult => 'stuck'),
        ),
        timer(lengthMs + MARGIN_MS).pipe(map((): NoticeResult => 'stuck')),
      ).pipe(take(1)),
    );
    const watching = mine.pipe(filter(({ type }) => type === 'playback-started')).subscribe(() => (started = true));
    const beganAt = performance.now();
    const stopLease = keepLease(this.variables, channelId, () => performance.now() - beganAt < lengthMs + MARGIN_MS);
    try {
      await this.commands.play(channelId, playbackId, `${insideRoot.prompts}/${audio}`);
      return await result;
    } finally {
      await stopLease();
      watching.unsubscribe();
    }
  }

  private async lengthMs(audio: string): Promise<number> {
    try {
      return (await stat(join(this.settings.layout.asteriskPrompts, `${audio}.ulaw`))).size / ULAW_BYTES_PER_MS;
    } catch {
      return UNKNOWN_LENGTH_MS;
    }
  }
}
