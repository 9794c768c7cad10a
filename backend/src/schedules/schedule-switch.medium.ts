import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { createTestDatabase, type TestDatabase } from '../../../test/medium/postgres.ts';
import type { AmiCommands } from '../asterisk/ami-commands.ts';
import type { AmiConnection } from '../asterisk/ami-connection.ts';
import { AsteriskUnreachableError } from '../asterisk/asterisk.errors.ts';
import type { AriConnection } from '../asterisk/ari-connection.ts';
import type { AsteriskEvent } from '../asterisk/asterisk-events.ts';
import { SWITCH_BY_PHONE_FAMILY } from '../asterisk/dialplan-names.ts';
import { AuditEventRepository } from '../audit/audit-event.repository.ts';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { silentLogger, strictDouble } from '../calls/doubles.fixture.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { smallOffice } from '../configuration/document.fixture.ts';
import { Clock } from '../platform/clock.ts';
import type { DatabaseConnector } from '../platform/database-connector.ts';
import { NotFoundError } from '../platform/errors.ts';
import type { Message, MessageReceiver, MessageSender } from '../platform/messages.ts';
import { PhoneSwitches } from './phone-switches.service.ts';
import { officeHours } from './schedule.fixture.ts';
import { ScheduleSwitchRepository } from './schedule-switch.repository.ts';
import { ScheduleSwitchService } from './schedule-switch.service.ts';
import { SwitchTimeOutOfRangeError } from './schedules.errors.ts';
import { SwitchesInForce } from './switches-in-force.service.ts';

const NOON = new Date('2026-11-24T12:00:00+09:00');
const somebody = { userId: '6d1f7c1e-0000-4000-8000-000000000009', remoteAddress: null };

class HandClock extends Clock {
  at = NOON;
  override now(): Date {
    return this.at;
  }
}

let database: TestDatabase;
let clock: HandClock;
let astDb: Map<string, string>;
let byPhone: Map<string, string>;
let events: Subject<AsteriskEvent>;
let databaseIsUp: boolean;
/** How often AstDB cannot be written to. */
let refusals: number;
/** Happens once, after it was read what phones have switched. */
let whileTaken: () => void;
let messages: Subject<Message>;
let service: ScheduleSwitchService;
let inForce: SwitchesInForce;

beforeEach(async () => {
  database = await createTestDatabase();
  const { dataSource } = database;
  clock = new HandClock();
  astDb = new Map();
  byPhone = new Map();
  events = new Subject();
  databaseIsUp = true;
  refusals = 0;
  whileTaken = () => undefined;
  messages = new Subject();
  await dataSource.query(
    `INSERT INTO users (id, login, name, password_hash, must_change_password, created_at)
     VALUES ($1, 'somebody', '情報係', '', false, now())`,
    [somebody.userId],
  );
  const versions = new ConfigurationVersionRepository(dataSource, clock);
  await versions.add({ ...smallOffice(), schedules: [officeHours()] }, null, null);
  const receiver = strictDouble<MessageReceiver>('MessageReceiver', {
    messages$: messages.asObservable(),
    reconnected$: new Subject<void>().asObservable(),
  });
  const sender = strictDouble<MessageSender>('MessageSender', {
    send: (message) => {
      setImmediate(() => messages.next(message));
      return Promise.resolve();
    },
  });
  const repository = new ScheduleSwitchRepository(dataSource);
  const audit = new AuditTrail(new AuditEventRepository(dataSource), clock);
  service = new ScheduleSwitchService(repository, versions, sender, receiver, audit, clock);
  const ami = strictDouble<AmiConnection>('AmiConnection', {
    connected$: new Subject<boolean>().asObservable(),
    connected: true,
  });
  const commands = strictDouble<AmiCommands>('AmiCommands', {
    kept: (family) => {
      const kept = new Map(family === SWITCH_BY_PHONE_FAMILY ? byPhone : astDb);
      if (family === SWITCH_BY_PHONE_FAMILY) whileTaken();
      whileTaken = family === SWITCH_BY_PHONE_FAMILY ? () => undefined : whileTaken;
      return Promise.resolve(kept);
    },
    keep: (_, key, value) => {
      if (refusals-- > 0) return Promise.reject(new AsteriskUnreachableError('gone'));
      return Promise.resolve(void astDb.set(key, value));
    },
    forget: (family, key) => Promise.resolve(void (family === SWITCH_BY_PHONE_FAMILY ? byPhone : astDb).delete(key)),
  });
  const connector = strictDouble<DatabaseConnector>('DatabaseConnector', {});
  Object.defineProperty(connector, 'isReady', { get: () => databaseIsUp });
  const ari = strictDouble<AriConnection>('AriConnection', { events$: events });
  const phones = new PhoneSwitches(ari, commands, repository, audit, silentLogger);
  inForce = new SwitchesInForce(ami, commands, repository, phones, connector, receiver, sender, clock, silentLogger);
});

afterEach(async () => {
  inForce.onApplicationShutdown();
  await database.drop();
});

const audited = async () => {
  const rows: { action: string; subject: string; detail: unknown }[] = await database.dataSource.query(
    'SELECT action, subject, detail FROM audit_events ORDER BY id',
  );
  return rows.map(({ action, subject }) => `${action} ${subject}`);
};

describe('closing the office from now on', () => {
  it('lasts until the day ends, is in AstDB for the fallback, and stands in the audit trail', async () => {
    inForce.onApplicationBootstrap();
    const set = await service.set({ schedule: 'office', openness: 'closed' }, somebody);
    expect(set).toMatchObject({ until: '2026-11-24T15:00:00.000Z', inForce: true });
    expect(astDb).toEqual(new Map([['office', `closed/${Date.parse('2026-11-24T15:00:00Z') / 1000}`]]));
    expect(inForce.current.get('office')).toEqual({ openness: 'closed', until: new Date(set.until) });
    expect(await audited()).toEqual(['schedule.switch office']);
  });

  it('is said not to be in force while the telephone side does not answer, and is kept', async () => {
    expect(await service.set({ schedule: 'office', openness: 'closed' }, somebody)).toMatchObject({ inForce: false });
    await inForce.follow();
    expect(inForce.current.size).toBe(1);
  });

  it('is said to be in force only by the look at which AstDB took it', async () => {
    inForce.onApplicationBootstrap();
    refusals = 1;
    const told: string[] = [];
    messages.subscribe(({ kind }) => told.push(kind));
    const setting = service.set({ schedule: 'office', openness: 'closed' }, somebody);
    while (refusals > 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toEqual(['schedule-switches']);
    await inForce.follow();
    expect(await setting).toMatchObject({ inForce: true });
    expect(astDb.size).toBe(1);
  });

  it('can be ended, once', async () => {
    inForce.onApplicationBootstrap();
    await service.set({ schedule: 'office', openness: 'closed' }, somebody);
    await service.end('office', somebody);
    expect([astDb.size, inForce.current.size]).toEqual([0, 0]);
    expect(await audited()).toEqual(['schedule.switch office', 'schedule.switch-back office']);
    await expect(service.end('office', somebody)).rejects.toThrow(NotFoundError);
  });

  it('ends by itself, also in AstDB', async () => {
    await service.set({ schedule: 'office', openness: 'closed' }, somebody);
    await inForce.follow();
    clock.at = new Date('2026-11-25T00:00:00+09:00');
    expect(await service.active()).toEqual([]);
    await inForce.follow();
    expect(astDb.size).toBe(0);
  });

  it('is replaced by what is switched later', async () => {
    await service.set({ schedule: 'office', openness: 'closed' }, somebody);
    const until = '2026-11-24T18:00:00+09:00';
    await service.set({ schedule: 'office', openness: 'open', until }, somebody);
    expect(await service.active()).toMatchObject([{ openness: 'open', until: new Date(until).toISOString() }]);
  });

  it('needs a schedule that exists and an end to come within a month', async () => {
    await expect(service.set({ schedule: 'none', openness: 'open' }, somebody)).rejects.toThrow(NotFoundError);
    for (const until of ['2026-11-24T12:00:00+09:00', '2026-12-26T12:00:00+09:00']) {
      const asked = service.set({ schedule: 'office', openness: 'open', until }, somebody);
      await expect(asked).rejects.toThrow(SwitchTimeOutOfRangeError);
    }
    expect(await audited()).toEqual([]);
  });

  it('holds without a database by what AstDB has', async () => {
    astDb.set('office', 'closed/1795532400').set('broken', 'whatever');
    databaseIsUp = false;
    await inForce.follow();
    expect([...inForce.current]).toEqual([['office', { openness: 'closed', until: new Date(1_795_532_400_000) }]]);
  });
});

describe('a schedule switched by a phone', () => {
  const second = (at: Date) => Math.floor(at.getTime() / 1000);
  const MIDNIGHT = new Date('2026-11-25T00:00:00+09:00');
  const press = (openness: 'closed' | 'normal', at = NOON) => {
    byPhone.set(`office.${at.getTime()}`, `${openness}/${second(MIDNIGHT)}/p201`);
    if (openness === 'closed') astDb.set('office', `closed/${second(MIDNIGHT)}`);
    else astDb.delete('office');
  };

  it('is in the table with the phone, at once, once, and in the audit trail', async () => {
    inForce.onApplicationBootstrap();
    press('closed');
    events.next({ type: 'schedule-switched', at: NOON });
    while (inForce.current.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await service.active()).toMatchObject([
      { schedule: 'office', openness: 'closed', until: MIDNIGHT.toISOString(), setBy: null, setByPhone: 'p201' },
    ]);
    press('closed');
    await inForce.follow();
    expect([byPhone.size, astDb.get('office')]).toEqual([0, `closed/${second(MIDNIGHT)}`]);
    expect(await audited()).toEqual(['schedule.switch office']);
  });

  it('counts when it was switched while nobody was there, unless somebody has switched it since', async () => {
    databaseIsUp = false;
    press('closed');
    await inForce.follow();
    expect([byPhone.size, inForce.current.size]).toEqual([1, 1]);
    databaseIsUp = true;
    clock.at = new Date('2026-11-24T13:00:00+09:00');
    await service.set({ schedule: 'office', openness: 'open' }, somebody);
    await inForce.follow();
    expect(await service.active()).toMatchObject([{ openness: 'open', setByPhone: null }]);
    expect([byPhone.size, astDb.get('office')]).toEqual([0, `open/${second(MIDNIGHT)}`]);
  });

  it('goes back to normal by a phone, whoever has closed it', async () => {
    await service.set({ schedule: 'office', openness: 'closed' }, somebody);
    await inForce.follow();
    press('normal', new Date('2026-11-24T14:00:00+09:00'));
    await inForce.follow();
    expect([astDb.size, byPhone.size, await service.active()]).toEqual([0, 0, []]);
    expect(await audited()).toEqual(['schedule.switch office', 'schedule.switch-back office']);
  });

  it('goes back to normal by a phone that thinks better of it while the first code is being taken over', async () => {
    press('closed');
    whileTaken = () => press('normal', new Date(NOON.getTime() + 900));
    await inForce.follow();
    expect([...byPhone.values()]).toEqual([expect.stringMatching(/^normal/)]);
    await inForce.follow();
    expect([astDb.size, byPhone.size, await service.active()]).toEqual([0, 0, []]);
    expect(await audited()).toEqual(['schedule.switch office', 'schedule.switch-back office']);
  });

  it('stays closed for callers from the moment when the code was pressed, also while the table is being read', async () => {
    whileTaken = () => press('closed');
    await inForce.follow();
    expect(astDb.get('office')).toBe(`closed/${second(MIDNIGHT)}`);
    await inForce.follow();
    expect([inForce.current.size, byPhone.size]).toEqual([1, 0]);
  });

  it('counts when it was pressed later in the same second than the console switched', async () => {
    clock.at = new Date(NOON.getTime() + 300);
    await service.set({ schedule: 'office', openness: 'open' }, somebody);
    press('closed', new Date(NOON.getTime() + 700));
    await inForce.follow();
    expect(await service.active()).toMatchObject([{ openness: 'closed', setByPhone: 'p201' }]);
  });

  it('by something that is no such entry is thrown away', async () => {
    byPhone.set('office.1795532400000', 'closed/now/p201').set('office', `closed/${second(MIDNIGHT)}/p201`);
    await inForce.follow();
    expect([byPhone.size, await service.active()]).toEqual([0, []]);
  });
});
