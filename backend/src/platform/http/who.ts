import type { Request } from 'express';
import type { Permission } from '../permissions.ts';

/** The person behind a request. */
export interface Who {
  userId: string;
  login: string;
  name: string;
  permissions: ReadonlySet<Permission>;
  mustChangePassword: boolean;
  /** SHA-256 of the session's token. */
  sessionHash: Buffer;
}

export type Refusal = 'not-logged-in' | 'not-allowed' | 'password-change-required';

/** Tells who a request comes from and writes down who was turned away. Implemented by the people who know: people/. */
export abstract class Doorkeeper {
  /** @returns null when nobody is logged in or the session has ended */
  abstract identify(request: Request): Promise<Who | null>;
  abstract turnedAway(refusal: Refusal, who: Who | null, route: string, request: Request): Promise<void>;
}
