import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { filter, firstValueFrom, take, timeout } from 'rxjs';
import { AriCommands } from '../../asterisk/ari-commands.ts';
import { AriConnection } from '../../asterisk/ari-connection.ts';
import type { AsteriskEvent } from '../../asterisk/asterisk-events.ts';
import { Prompts } from '../../notices/prompts.ts';
import { insideRoot } from '../../platform/settings.ts';

const BEGINS_WITHIN_MS = 2000;
const MARGIN_MS = 3000;

/** Says something to a phone alone, into its conversation: neither the outside party nor the recording has it. */
@Injectable()
export class StaffVoice {
  constructor(
    private readonly connection: AriConnection,
    private readonly commands: AriCommands,
    private readonly prompts: Prompts,
  ) {}

  /**
   * Settles when it has been said.
   * @throws when it could not be begun or did not end in time
   */
  async say(phoneChannelId: string, prompt: string): Promise<void> {
    const [whisperId, playbackId] = [`whisper-${randomUUID()}`, `staff-${randomUUID()}`];
    const longestMs = ((await this.prompts.lengthMs(prompt)) ?? 0) + MARGIN_MS;
    const isThere = this.when(
      (event) => event.type === 'stasis-started' && event.channel.id === whisperId,
      BEGINS_WITHIN_MS,
    );
    const isOver = this.when(
      (event) => event.type === 'playback-finished' && event.playbackId === playbackId,
      longestMs,
    );
    // Either may fail while the other is waited for.
    isThere.catch(() => undefined);
    isOver.catch(() => undefined);
    try {
      await this.commands.whisperInto(phoneChannelId, whisperId);
      await isThere;
      await this.commands.play(whisperId, playbackId, `${insideRoot.prompts}/${prompt}`);
      await isOver;
    } finally {
      await this.commands.hangUp(whisperId).catch(() => undefined);
    }
  }

  private async when(matches: (event: AsteriskEvent) => boolean, withinMs: number): Promise<AsteriskEvent> {
    return firstValueFrom(this.connection.events$.pipe(filter(matches), take(1), timeout({ first: withinMs })));
  }
}
