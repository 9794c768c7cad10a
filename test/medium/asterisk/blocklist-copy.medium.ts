import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { type AmiCommands } from '../../../backend/src/asterisk/ami-commands.ts';
import type { AmiConnection } from '../../../backend/src/asterisk/ami-connection.ts';
import { ApprovedRulesRepository } from '../../../backend/src/blocklist/approved-rules.repository.ts';
import { BlocklistInAsterisk } from '../../../backend/src/blocklist/blocklist-in-asterisk.service.ts';
import { silentLogger, strictDouble } from '../../../backend/src/calls/doubles.fixture.ts';
import { Clock } from '../../../backend/src/platform/clock.ts';
import type { DatabaseConnector } from '../../../backend/src/platform/database-connector.ts';
import type { MessageReceiver } from '../../../backend/src/platform/messages.ts';
import { Place } from '../../town/place.ts';
import { createTestDatabase, type TestDatabase } from '../postgres.ts';
import type { BoxAsterisk } from './box-asterisk.ts';
import { setStage } from './stage.ts';

const PEOPLE = ['5e1f3a52-0000-4000-8000-000000000001', '5e1f3a52-0000-4000-8000-000000000002'];

class HandClock extends Clock {
  at = new Date('2026-11-22T10:00:00Z');
  override now(): Date {
    return this.at;
  }
}

const stage = setStage(await Place.claim());
let box: BoxAsterisk;
let database: TestDatabase;
let clock: HandClock;
let databaseIsUp: boolean;

beforeAll(() => {
  ({ box } = stage);
});

beforeEach(async () => {
  database = await createTestDatabase();
  clock = new HandClock();
  databaseIsUp = true;
  await database.dataSource.query(
    `INSERT INTO users (id, login, name, password_hash, must_change_password, created_at)
     SELECT id::uuid, id, '', '', false, now() FROM unnest($1::text[]) AS id`,
    [PEOPLE],
  );
});
afterEach(() => database.drop());

function copier(commands = box.commands): BlocklistInAsterisk {
  const ami = strictDouble<AmiConnection>('AmiConnection', { connected$: new Subject<boolean>(), connected: true });
  const connector = strictDouble<DatabaseConnector>('DatabaseConnector', {});
  Object.defineProperty(connector, 'isReady', { get: () => databaseIsUp });
  const receiver = strictDouble<MessageReceiver>('MessageReceiver', {});
  const rules = new ApprovedRulesRepository(database.dataSource);
  return new BlocklistInAsterisk(ami, commands, rules, connector, receiver, clock, silentLogger);
}

/** Approves rules for these numbers. */
const approve = (numbers: readonly string[], kind = 'exact', expiresAt: string | null = null) =>
  database.dataSource.query(
    `INSERT INTO block_rules (id, match_key, action, reason, note, proposed_by, proposed_at, approved_by, approved_at,
       starts_at, expires_at, review_on)
     SELECT gen_random_uuid(), $3 || '/' || number, '{"type": "flag"}', '', '', $1, now(), $2, now(), '2020-01-01', $4, now()
     FROM unnest($5::text[]) AS number`,
    [...PEOPLE, kind, expiresAt, numbers],
  );
const withdraw = (key: string) =>
  database.dataSource.query(
    `UPDATE block_rules SET withdrawn_by = $1, withdrawn_at = now(), revision = nextval('block_rule_revisions')
     WHERE match_key = $2`,
    [PEOPLE[0], key],
  );

const generation = async () => (await box.commands.keptValue('blocklist', 'generation')) ?? '';
async function copied(): Promise<string[]> {
  const kept = await box.commands.kept(`block-${await generation()}`);
  return [...kept].flatMap(([key, value]) => (value.endsWith('/-/') || value.includes('/flag/') ? [key] : [])).sort();
}
const lengths = async () => box.commands.keptValue(`block-${await generation()}`, 'lengths');

describe('the copy of the block rules in AstDB', () => {
  it('is made when there is none, and follows approvals, withdrawals and the clock', async () => {
    await approve(['0901', '0902']);
    await approve(['03'], 'prefix');
    await approve(['0903'], 'exact', '2026-11-22T11:00:00Z');
    await copier().follow();
    const first = await generation();
    expect([await copied(), await lengths()]).toEqual([['03', '0901', '0902', '0903'], '2']);

    await approve(['0904']);
    await approve(['0312'], 'prefix');
    await withdraw('exact/0901');
    clock.at = new Date('2026-11-22T11:00:00Z');
    await copier().follow();
    expect([await copied(), await lengths(), await generation()]).toEqual([
      ['03', '0312', '0902', '0904'],
      '4&2',
      first,
    ]);
    await withdraw('prefix/0312');
    await copier().follow();
    expect([await copied(), await lengths()]).toEqual([['03', '0902', '0904'], '2']);
  });

  it('is made anew from another database, and taken at once', async () => {
    await approve(['0905']);
    await box.commands.keep('blocklist', 'generation', 'other');
    await box.commands.keep('block-other', 'exact/0999', '0/0/flag/-/x');
    await box.commands.keep('block-other', 'revision', '4000');
    await box.commands.keep('block-other', 'cleared', '0');
    await copier().follow();
    expect(await copied()).toEqual(['0905']);
    expect((await box.commands.kept('block-other')).size).toBe(0);
  });

  it('loses nothing to a process that dies at any step, neither while it is made nor while it follows', async () => {
    await approve(['0906', '0907']);
    await approve(['04'], 'prefix');
    const first = await generation();
    await box.commands.forget(`block-${first}`, 'revision');
    let step = 0;
    for (let done = false; !done; step += 1) done = await dyingAfter(step);
    expect(step).toBeGreaterThan(8);
    expect(await copied()).toEqual(['04', '0906', '0907']);

    await withdraw('exact/0906');
    await approve(['0908']);
    for (let again = 0, done = false; !done; again += 1) done = await dyingAfter(again);
    expect(await copied()).toEqual(['04', '0907', '0908']);
    expect([...(await box.commands.kept('blocklist')).keys()]).toEqual(['generation']);
    expect((await box.commands.kept(`block-${first}`)).size).toBe(0);
  });

  it('stays as it is with no database', async () => {
    await approve(['0909']);
    await copier().follow();
    const before = await copied();
    databaseIsUp = false;
    await withdraw('exact/0909');
    await copier().follow();
    expect(await copied()).toEqual(before);
  });
});

/** Follows until so many values were written or forgotten. @returns whether it came to the end */
async function dyingAfter(steps: number): Promise<boolean> {
  let left = steps;
  const real = box.commands;
  const step =
    <A extends unknown[]>(work: (...args: A) => Promise<void>) =>
    (...args: A): Promise<void> => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('died')) : work(...args);
    };
  const dying = strictDouble<AmiCommands>('AmiCommands', {
    keptValue: (family, key) => real.keptValue(family, key),
    keep: step((family: string, key: string, value: string) => real.keep(family, key, value)),
    keepAll: async (family, values) => {
      for (const [key, value] of values) await dying.keep(family, key, value);
    },
    forget: step((family: string, key: string) => real.forget(family, key)),
    forgetFamily: step((family: string) => real.forgetFamily(family)),
  });
  await copier(dying).follow();
  return left >= 0;
}
