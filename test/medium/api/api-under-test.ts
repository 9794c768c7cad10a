import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { type AddressInfo, type Server } from 'node:net';
import { resolve } from 'node:path';
import { apiProcess } from '../../../backend/src/main/api-process.ts';
import { type HttpApplication, startHttpApplication } from '../../../backend/src/platform/http/application.ts';
import { Logger } from '../../../backend/src/platform/logging.ts';
import { type OperatorSettings, Settings } from '../../../backend/src/platform/settings.ts';
import { ensureCertificates } from '../../../provisioning/box/certificates.ts';
import { createTestDatabase, type TestDatabase } from '../postgres.ts';
import { eventually } from './eventually.ts';
import { Visitor } from './visitor.ts';

export const ADMIN = { login: 'admin', password: 'mado-guchi-no-akari' };

/** A real API process's inside: real Postgres, real HTTPS with a CA of its own, every answer checked by its schema. */
export class ApiUnderTest {
  readonly database: TestDatabase;
  readonly settings: Settings;
  readonly http: HttpApplication;
  private readonly visitors: Visitor[] = [];

  private constructor(database: TestDatabase, settings: Settings, http: HttpApplication) {
    this.database = database;
    this.settings = settings;
    this.http = http;
  }

  /**
   * @param administratorPassword null = a one-time password is made
   * @param operator what else the operator has set
   */
  static async start(
    administratorPassword: string | null = ADMIN.password,
    operator: Partial<OperatorSettings> = {},
  ): Promise<ApiUnderTest> {
    const database = await createTestDatabase();
    const settings = new Settings({
      ...database.settings.operator,
      DENWABAN_HTTPS_PORT: 0,
      DENWABAN_ADMIN_PASSWORD: administratorPassword ?? undefined,
      ...operator,
    });
    await ensureCertificates(settings.layout.tls, { addresses: ['127.0.0.1'], hosts: ['localhost'] }, new Date());
    const logger = new Logger('api', 'silent');
    const http = await startHttpApplication(apiProcess(settings, logger, true), settings, logger);
    const api = new ApiUnderTest(database, settings, http);
    await eventually(async () => (await database.dataSource.query<unknown[]>('SELECT 1 FROM users')).length > 0);
    return api;
  }

  get port(): number {
    return ((this.http.application.getHttpServer() as Server).address() as AddressInfo).port;
  }

  get ca(): Buffer {
    return readFileSync(resolve(this.settings.layout.tls, 'ca.crt'));
  }

  visitor(): Visitor {
    const visitor = new Visitor(this.port, this.ca);
    this.visitors.push(visitor);
    return visitor;
  }

  async administrator(): Promise<Visitor> {
    const visitor = this.visitor();
    const { status, text } = await visitor.logIn(ADMIN.login, ADMIN.password);
    if (status !== 200) throw new Error(`the administrator could not log in: ${text}`);
    return visitor;
  }

  async audited(action: string): Promise<Record<string, unknown>[]> {
    return this.database.dataSource.query(
      'SELECT id, user_id, subject, detail, remote_address FROM audit_events WHERE action = $1 ORDER BY id',
      [action],
    );
  }

  async stop(): Promise<void> {
    this.visitors.forEach((visitor) => visitor.leave());
    await this.http.close();
    await this.database.drop();
  }
}
