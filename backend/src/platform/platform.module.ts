import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Clock } from './clock.ts';
import { DatabaseConnector } from './database-connector.ts';
import { dataSourceOptions } from './database.ts';
import { Logger } from './logging.ts';
import { MessageReceiver, MessageSender } from './messages.ts';
import { Settings } from './settings.ts';

/** What every room of every process stands on: settings, clock, logger, database, messages. */
@Module({})
export class PlatformModule {
  /** @param poolSize database connections of this process */
  static forProcess(settings: Settings, logger: Logger, poolSize: number): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [
        TypeOrmModule.forRoot({
          ...dataSourceOptions(settings, poolSize),
          manualInitialization: true,
        }),
      ],
      providers: [
        { provide: Settings, useValue: settings },
        { provide: Logger, useValue: logger },
        Clock,
        DatabaseConnector,
        MessageSender,
        MessageReceiver,
      ],
      exports: [Settings, Logger, Clock, DatabaseConnector, MessageSender, MessageReceiver],
    };
  }
}
