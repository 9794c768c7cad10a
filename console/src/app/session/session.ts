import { HttpContext, HttpContextToken } from '@angular/common/http';
import { Service, computed, inject, signal } from '@angular/core';
import { ApiFailure } from '../api/api-failure.ts';
import { Api } from '../api/generated/api.ts';
import { changePassword, readSession, logIn, logOut } from '../api/generated/functions.ts';
import { type LogIn, type PasswordChange, type Session as SessionDto } from '../api/generated/models.ts';
import { type Permission } from './permission.ts';

/** The API's answer to whoever has no session (any more). */
export const NOT_LOGGED_IN = 'not-logged-in';

/** Set on requests that must not ask the person to log in again when they are refused. */
export const WITHOUT_RENEWAL = new HttpContextToken(() => false);

/** Who sits in front of the screen. */
@Service()
export class Session {
  private readonly api = inject(Api);
  private readonly known = signal<SessionDto | null>(null);
  private asked: Promise<void> | null = null;

  readonly user = computed(() => this.known()?.user ?? null);
  readonly mustChangePassword = computed(() => this.known()?.mustChangePassword ?? false);

  can(permission: Permission): boolean {
    return this.known()?.permissions.includes(permission) ?? false;
  }

  /** Asks the API once per page load whether a session stands. A refusal is an answer, other failures are thrown. */
  load(): Promise<void> {
    this.asked ??= this.ask().catch((error: unknown) => {
      this.asked = null;
      throw error;
    });
    return this.asked;
  }

  async logIn(credentials: LogIn): Promise<void> {
    this.known.set(await this.api.invoke(logIn, { body: credentials }, withoutRenewal()));
    this.asked = Promise.resolve();
  }

  /** The session is over for this browser whatever the API says: a person who leaves must not stay logged in. */
  async logOut(): Promise<void> {
    try {
      await this.api.invoke(logOut, undefined, withoutRenewal());
    } finally {
      this.known.set(null);
    }
  }

  async changePassword(change: PasswordChange): Promise<void> {
    await this.api.invoke(changePassword, { body: change });
    await this.ask();
  }

  private async ask(): Promise<void> {
    try {
      this.known.set(await this.api.invoke(readSession, undefined, withoutRenewal()));
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.errorId !== NOT_LOGGED_IN) throw error;
      this.known.set(null);
    }
  }
}

const withoutRenewal = () => new HttpContext().set(WITHOUT_RENEWAL, true);
