import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  filter,
  firstValueFrom,
  fromEvent,
  map,
  merge,
  type Observable,
  ReplaySubject,
  share,
  take,
  takeUntil,
  timer,
} from 'rxjs';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { AriConnection } from '../asterisk/ari-connection.ts';
import type { Lease } from '../calls/lease.ts';
import { insideRoot } from '../platform/settings.ts';
import { Prompts } from './prompts.ts';

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
    private readonly prompts: Prompts,
  ) {}

  /**
   * @param audio name of the prompt
   * @param gone aborted when the call is no longer ours
   * @throws AriError, AsteriskUnreachableError when Asterisk does not take the order
   */
  async play(channelId: string, audio: string, lease: Lease, gone: AbortSignal): Promise<NoticeResult> {
    const playbackId = `notice-${randomUUID()}`;
    const lengthMs = (await this.prompts.lengthMs(audio)) ?? UNKNOWN_LENGTH_MS;
    if (gone.aborted) return 'gone';
    const longestMs = lengthMs + MARGIN_MS;
    const result = new ReplaySubject<NoticeResult>(1);
    const watching = this.resultOf(playbackId, longestMs, gone).subscribe(result);
    const beganAt = performance.now();
    const stopLease = lease.keepWhile(() => performance.now() - beganAt < longestMs);
    try {
      await this.commands.play(channelId, playbackId, `${insideRoot.prompts}/${audio}`);
      return await firstValueFrom(result);
    } finally {
      watching.unsubscribe();
      await stopLease();
    }
  }

  private resultOf(playbackId: string, longestMs: number, gone: AbortSignal): Observable<NoticeResult> {
    const mine = this.connection.events$.pipe(
      filter((event) => 'playbackId' in event && event.playbackId === playbackId),
      share(),
    );
    const finished = mine.pipe(
      filter((event) => event.type === 'playback-finished'),
      map(({ failed }) => (failed ? ('failed' as const) : ('ended' as const))),
    );
    const left = fromEvent(gone, 'abort').pipe(map(() => 'gone' as const));
    const notStarted = timer(START_WITHIN_MS).pipe(takeUntil(mine));
    const stuck = merge(notStarted, timer(longestMs)).pipe(map(() => 'stuck' as const));
    return merge(finished, left, stuck).pipe(take(1));
  }
}
