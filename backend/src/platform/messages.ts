import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { type Observable, Subject } from 'rxjs';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { DatabaseConnector } from './database-connector.ts';
import { connectionOptions } from './database.ts';
import { Logger } from './logging.ts';
import { Settings } from './settings.ts';

const CHANNEL = 'denwaban';

/** What the processes tell each other through Postgres NOTIFY. Only ids: the receiver reads the row. */
export const Message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), callId: z.uuid() }),
  z.object({ kind: z.literal('configuration'), version: z.int() }),
  z.object({ kind: z.literal('configuration-applied'), version: z.int() }),
  /** A schedule was switched by hand, or back; telephony answers that it has read the table. */
  z.object({ kind: z.literal('schedule-switches'), change: z.uuid() }),
  z.object({ kind: z.literal('schedule-switches-applied'), changes: z.array(z.uuid()) }),
  /** Somebody asks something of a call in progress; who carries the call answers, and does nothing after `until` (ms). */
  z.object({
    kind: z.literal('call-act'),
    ask: z.uuid(),
    callId: z.uuid(),
    act: z.looseObject({ type: z.string() }),
    by: z.object({ userId: z.uuid(), name: z.string() }),
    until: z.int(),
  }),
  z.object({ kind: z.literal('call-act-answer'), ask: z.uuid(), answer: z.string() }),
  /** Block rules were approved or withdrawn. */
  z.object({ kind: z.literal('block-rules') }),
  z.object({ kind: z.literal('health') }),
  /** Something was written into the audit trail. */
  z.object({ kind: z.literal('audit') }),
  /** Somebody waits for a checkpoint that covers what is in the audit trail by now. */
  z.object({ kind: z.literal('checkpoint') }),
  /** Somebody wants a reconciliation. */
  z.object({ kind: z.literal('reconciliation') }),
]);
export type Message = z.infer<typeof Message>;

/** Sends messages. Delivery is at most once: everything said here can also be found by looking. */
@Injectable()
export class MessageSender {
  constructor(private readonly dataSource: DataSource) {}

  async send(message: Message): Promise<void> {
    await this.dataSource.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify(message)]);
  }
}

/** Listens on its own connection and reconnects with back-off. `reconnected$` means: look again, something was missed. */
@Injectable()
export class MessageReceiver implements OnModuleInit, OnApplicationShutdown {
  private readonly messages = new Subject<Message>();
  private readonly reconnected = new Subject<void>();
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private delayMs = 200;

  readonly messages$: Observable<Message> = this.messages.asObservable();
  readonly reconnected$: Observable<void> = this.reconnected.asObservable();

  constructor(
    @Inject(Settings) private readonly settings: Settings,
    private readonly database: DatabaseConnector,
    private readonly logger: Logger,
  ) {}

  /** Not before the schema is in place: who hears `reconnected$` is going to read it. */
  onModuleInit(): void {
    void this.database.ready().then(() => (this.stopped ? undefined : this.connect()));
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const options = connectionOptions(this.settings);
    const client = new pg.Client(
      'url' in options
        ? { connectionString: options.url, connectionTimeoutMillis: 2000, keepAlive: true }
        : { ...options, user: options.username, connectionTimeoutMillis: 2000 },
    );
    client.on('notification', ({ payload }) => this.receive(payload ?? ''));
    client.on('error', () => undefined);
    client.on('end', () => this.retry(client));
    this.client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.delayMs = 200;
      this.reconnected.next();
    } catch (error) {
      this.logger.warn({ error: String(error) }, 'message connection failed, will retry');
      await client.end().catch(() => undefined);
      this.retry(client);
    }
  }

  private retry(ended: pg.Client): void {
    if (this.stopped || this.client !== ended) return;
    this.client = undefined;
    this.timer = setTimeout(() => void this.connect(), this.delayMs);
    this.delayMs = Math.min(this.delayMs * 2, 5000);
  }

  private receive(payload: string): void {
    let message: Message;
    try {
      message = Message.parse(JSON.parse(payload));
    } catch (error) {
      this.logger.warn({ error: String(error) }, 'message not understood');
      return;
    }
    this.messages.next(message);
  }
}
