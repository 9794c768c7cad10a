import { type INestApplicationContext, Logger as NestLogger, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AmiConnection } from '../../../backend/src/asterisk/ami-connection.ts';
import { AriConnection } from '../../../backend/src/asterisk/ari-connection.ts';
import { CallEngine } from '../../../backend/src/calls/call-engine.service.ts';
import { RecorderWatch } from '../../../backend/src/calls/recorder-watch.service.ts';
import { TelephonyModule } from '../../../backend/src/main/telephony.module.ts';
import { Logger } from '../../../backend/src/platform/logging.ts';
import { PlatformModule } from '../../../backend/src/platform/platform.module.ts';
import type { Endpoints, Settings } from '../../../backend/src/platform/settings.ts';
import { eventually } from '../../town/waiting.ts';
import type { Stage } from './stage.ts';

const logger = new Logger('test', 'silent');

@Module({})
class Process {}

/** What the telephony process consists of, in this process, beside a real Asterisk; it finds no database. */
export class TelephonyUnderTest {
  private context: INestApplicationContext | undefined;

  private constructor(private readonly settings: Settings) {
    NestLogger.overrideLogger(false);
  }

  /** Started; it ends before the stage does. @param endpoints where it reaches Asterisk, if not where the box says */
  static async beside(stage: Stage, endpoints: Partial<Endpoints> = {}): Promise<TelephonyUnderTest> {
    const { settings } = stage.box;
    const value = { ...settings.endpoints, ...endpoints };
    const telephony = new TelephonyUnderTest(Object.create(settings, { endpoints: { value } }) as Settings);
    stage.alsoEnds(() => telephony.stop());
    await telephony.start();
    return telephony;
  }

  /** Comes back when it has reached Asterisk. */
  async start(): Promise<void> {
    const platform = PlatformModule.forProcess(this.settings, logger, 2);
    this.context = await NestFactory.createApplicationContext({
      module: Process,
      imports: [platform, TelephonyModule],
    });
    await this.untilConnected();
  }

  async untilConnected(): Promise<void> {
    await eventually('the process to have reached Asterisk', () =>
      Promise.resolve(this.get(AriConnection).connected && this.get(AmiConnection).connected),
    );
  }

  /** Waits until it holds nothing of any call. */
  async untilIdle(): Promise<void> {
    await eventually('the process to hold nothing of a call', () =>
      Promise.resolve(this.get(CallEngine).size === 0 && this.get(RecorderWatch).size === 0),
    );
  }

  async stop(): Promise<void> {
    await this.context?.close();
    this.context = undefined;
  }

  get<T>(type: Type<T>): T {
    if (!this.context) throw new Error('the process does not run');
    return this.context.get(type);
  }
}
