import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';

const ONE_YEAR_SECONDS = 365 * 24 * 3600;
const NONE = ["'none'"];
const SELF = ["'self'"];

/** What the console's page must put on the style elements it adds (Angular, the waveform). */
export const nonceOf = (response: Response): string => response.locals.nonce as string;

const shield = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: NONE,
      scriptSrc: SELF,
      styleSrc: ["'self'", (_request, response) => `'nonce-${nonceOf(response as Response)}'`],
      imgSrc: ["'self'", 'data:'],
      fontSrc: SELF,
      connectSrc: SELF,
      mediaSrc: ["'self'", 'blob:'],
      manifestSrc: SELF,
      workerSrc: SELF,
      objectSrc: NONE,
      frameAncestors: NONE,
      formAction: SELF,
      // The console's pages carry `<base href>`, which 'none' would switch off.
      baseUri: SELF,
    },
  },
  strictTransportSecurity: { maxAge: ONE_YEAR_SECONDS, includeSubDomains: true },
  referrerPolicy: { policy: 'no-referrer' },
  xFrameOptions: { action: 'deny' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
});

/** OWASP ASVS 5.0, 3.4, on every answer. */
export function secureHeaders(request: Request, response: Response, next: NextFunction): void {
  response.locals.nonce = randomBytes(16).toString('base64');
  response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
  shield(request, response, next);
}

/** ASVS 14.3.2: what the API says about people and calls stays out of every cache. */
export function neverStored(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('cache-control', 'no-store');
  next();
}
