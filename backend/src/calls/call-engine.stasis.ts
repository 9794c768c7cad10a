import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { AriConnection } from '../asterisk/ari-connection.ts';
import type { AsteriskEvent } from '../asterisk/asterisk-events.ts';
import { readArrival, WHISPER } from '../asterisk/dialplan-names.ts';
import { CallEngine } from './call-engine.service.ts';

/** Where events of Asterisk reach the engine. */
@Injectable()
export class CallEngineStasis implements OnModuleInit, OnApplicationShutdown {
  private readonly subscriptions: Subscription[] = [];

  constructor(
    private readonly connection: AriConnection,
    private readonly commands: AriCommands,
    private readonly engine: CallEngine,
  ) {}

  onModuleInit(): void {
    this.subscriptions.push(
      this.connection.events$.subscribe((event) => this.receive(event)),
      this.connection.connected$.subscribe((connected) => {
        if (!connected) this.engine.leftAll();
      }),
    );
  }

  onApplicationShutdown(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.engine.leftAll();
  }

  private receive(event: AsteriskEvent): void {
    switch (event.type) {
      case 'call-broadcast':
        void this.engine.claim(event.channel.id, readArrival(event.args));
        break;
      case 'stasis-started': {
        const arrival = readArrival(event.args);
        if (arrival) void this.engine.carry({ id: event.channel.id, arrivedAt: event.at }, arrival);
        else if (event.args[0] !== WHISPER) void this.commands.giveBack(event.channel.id).catch(() => undefined);
        break;
      }
      case 'stasis-ended':
      case 'channel-gone':
        this.engine.left(event.channel.id);
        break;
      case 'held':
      case 'resumed':
      case 'playback-finished':
      case 'schedule-switched':
      case 'application-replaced':
        break;
    }
  }
}
