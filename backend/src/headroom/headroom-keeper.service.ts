import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Logger } from '../platform/logging.ts';
import { MessageSender } from '../platform/messages.ts';
import { Settings } from '../platform/settings.ts';
import type { HeadroomLevel } from './headroom.ts';
import { HeadroomGauge } from './headroom-gauge.service.ts';
import { Reserve } from './reserve.ts';

/** Twenty calls write 640 kB/s: what is given up lasts for many looks. */
const LOOK_EVERY_MS = 1000;

/** Tends the reserve, and says when the room for recordings has come to another level. Needs neither database nor Asterisk. */
@Injectable()
export class HeadroomKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly reserve: Reserve;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private level: HeadroomLevel | null = null;
  private lastError = '';

  constructor(
    private readonly gauge: HeadroomGauge,
    private readonly messages: MessageSender,
    private readonly logger: Logger,
    settings: Settings,
  ) {
    this.reserve = new Reserve(settings.layout.reserve);
  }

  onApplicationBootstrap(): void {
    void this.keepLooking();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async keepLooking(): Promise<void> {
    try {
      await this.look();
      this.lastError = '';
    } catch (error) {
      if (String(error) !== this.lastError) this.logger.error({ error: String(error) }, 'the reserve cannot be kept');
      this.lastError = String(error);
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.keepLooking(), LOOK_EVERY_MS);
  }

  private async look(): Promise<void> {
    const done = await this.reserve.tend();
    const headroom = await this.gauge.read();
    if (done !== 'keep') this.logger.warn({ done, reserve: headroom?.reserve }, 'the reserve has changed');
    if (!headroom || headroom.level === this.level) return;
    const { level, hoursLeft, daysLeft } = headroom;
    if (this.level !== null || level !== 'ample')
      this.logger.warn({ level, hoursLeft, daysLeft }, 'room for recordings');
    this.level = level;
    // At most once anyway: the health page asks again.
    await this.messages.send({ kind: 'health' }).catch(() => undefined);
  }
}
