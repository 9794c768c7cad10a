import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { TooManyAttemptsError } from './people.errors.ts';

/** Attempts that need not wait. */
const FREE_ATTEMPTS = 5;
/** After that many seconds without success the failures are forgotten. */
const FORGET_SECONDS = 12 * 3600;
const FIRST_WAIT_SECONDS = 30;
/** Never a permanent lock: that would let anybody lock an office out (OWASP ASVS 6.1.1). */
const LONGEST_WAIT_SECONDS = 900;

/** Seconds between two attempts once `failures` have gone before. */
export const waitSeconds = (failures: number): number =>
  Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.max(0, failures - FREE_ATTEMPTS));

/** People type passwords into the wrong field; so the key does not show what was typed. */
const keyOf = (login: string, address: string) => createHash('sha256').update(`${login}\0${address}`).digest('hex');

const ANY_NUMBER = 1_000_000;

/** Slows down guessing of passwords for each login and address. Kept in Postgres; in memory while that is down. */
@Injectable()
export class LogInThrottle {
  private readonly failures: RateLimiterPostgres;
  private readonly waits: RateLimiterPostgres;

  constructor(dataSource: DataSource) {
    this.failures = this.limiter(dataSource, 'failures', ANY_NUMBER, FORGET_SECONDS);
    this.waits = this.limiter(dataSource, 'wait', 1, LONGEST_WAIT_SECONDS);
  }

  /**
   * Counts an attempt before its password is looked at, so that many at once gain nothing.
   * @throws TooManyAttemptsError when it comes too early
   */
  async attempt(login: string, address: string): Promise<void> {
    const key = keyOf(login, address);
    const before = (await this.failures.get(key))?.consumedPoints ?? 0;
    const alone = before < FREE_ATTEMPTS ? (await this.failures.penalty(key)).consumedPoints : before;
    if (alone < FREE_ATTEMPTS) return;
    await this.waitTurn(key, waitSeconds(alone));
    if (before >= FREE_ATTEMPTS) await this.failures.penalty(key);
  }

  async succeeded(login: string, address: string): Promise<void> {
    const key = keyOf(login, address);
    await Promise.all([this.failures.delete(key), this.waits.delete(key)]);
  }

  private async waitTurn(key: string, seconds: number): Promise<void> {
    try {
      await this.waits.consume(key, 1, { customDuration: seconds });
    } catch (error) {
      if (error instanceof RateLimiterRes) throw new TooManyAttemptsError(Math.ceil(error.msBeforeNext / 1000));
      throw error;
    }
  }

  private limiter(dataSource: DataSource, keyPrefix: string, points: number, duration: number): RateLimiterPostgres {
    return new RateLimiterPostgres({
      storeClient: dataSource,
      storeType: 'typeorm',
      tableName: 'log_in_attempts',
      tableCreated: true,
      keyPrefix,
      points,
      duration,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix, points, duration }),
    });
  }
}
