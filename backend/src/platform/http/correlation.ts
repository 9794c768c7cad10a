import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const HEADER = 'X-Request-Id';

/** Only ids made here are used: one sent by a client could forge a line in the log. */
export function correlate(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader(HEADER, randomUUID());
  next();
}

export const correlationIdOf = (response: Response): string => String(response.getHeader(HEADER) ?? '');
