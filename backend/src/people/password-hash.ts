import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { TooManyLogInsError } from './people.errors.ts';

/** OWASP ASVS 5.0 appendix C: Argon2id, m = 19 MiB, t = 2, p = 1. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashing takes a thread of libuv's four and 19 MiB; the others are for files. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 40;

/** Full-width and half-width typing of the same password are the same password. */
const folded = (password: string) => password.normalize('NFKC');

/** Passwords as Argon2id hashes in PHC string format, computed off the event loop, a few at a time. */
@Injectable()
export class PasswordHash {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly nobody = this.hash('nobody has this password');

  async hash(password: string): Promise<string> {
    return this.inTurn(() => hash(folded(password), ARGON2ID));
  }

  /** Takes as long for nobody (`null`) as for somebody, so that the answer's time does not tell who exists. */
  async matches(passwordHash: string | null, password: string): Promise<boolean> {
    const compared = passwordHash ?? (await this.nobody);
    const matches = await this.inTurn(() => verify(compared, folded(password)));
    return matches && passwordHash !== null;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= MOST_AT_ONCE) {
      if (this.waiting.length >= MOST_WAITING) throw new TooManyLogInsError();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
