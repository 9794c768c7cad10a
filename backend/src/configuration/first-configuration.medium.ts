import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/medium/postgres.ts';
import { until } from '../asterisk/log.fixture.ts';
import { configurationOf, silentLogger, strictDouble, testDocument } from '../calls/doubles.fixture.ts';
import { Clock } from '../platform/clock.ts';
import type { DatabaseConnector } from '../platform/database-connector.ts';
import type { Message, MessageSender } from '../platform/messages.ts';
import type { ConfigurationDocument } from './configuration.schema.ts';
import { ConfigurationVersionRepository } from './configuration-version.repository.ts';
import { defaultConfiguration } from './default-configuration.ts';
import { FirstConfiguration } from './first-configuration.service.ts';

let database: TestDatabase;
let versions: ConfigurationVersionRepository;
let sent: Message[];
let started: FirstConfiguration[];

beforeEach(async () => {
  database = await createTestDatabase();
  versions = new ConfigurationVersionRepository(database.dataSource, new Clock());
  sent = [];
  started = [];
});

afterEach(async () => {
  for (const one of started) one.onApplicationShutdown();
  await database.drop();
});

function start(inForce: ConfigurationDocument | null): void {
  const first = new FirstConfiguration(
    strictDouble<DatabaseConnector>('DatabaseConnector', { ready: () => Promise.resolve() }),
    versions,
    configurationOf(inForce),
    strictDouble<MessageSender>('MessageSender', {
      send: (message) => {
        sent.push(message);
        return Promise.resolve();
      },
    }),
    silentLogger,
  );
  started.push(first);
  first.onApplicationBootstrap();
}

describe('a database without any configuration', () => {
  it('gets what a new box starts from, and telephony is told', async () => {
    start(null);
    await until('told', () => sent.length === 1);
    const newest = await versions.newest();
    expect(newest).toMatchObject({ document: defaultConfiguration(), createdBy: null, applied: null });
    expect(sent).toEqual([{ kind: 'configuration', version: newest?.version }]);
  });

  it('gets the document in force when the box already takes calls', async () => {
    start(testDocument);
    await until('told', () => sent.length === 1);
    expect((await versions.newest())?.document).toEqual(testDocument);
  });

  it('gets one version, however many processes start at once', async () => {
    for (let count = 0; count < 4; count += 1) start(null);
    await until('told', () => sent.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const rows: unknown[] = await database.dataSource.query('SELECT version FROM configuration_versions');
    expect([rows.length, sent.length]).toEqual([1, 1]);
  });
});

it('a database with a configuration keeps it', async () => {
  await versions.add(testDocument, null, 0);
  start(null);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await versions.newest())?.document).toEqual(testDocument);
  expect(sent).toEqual([]);
});
