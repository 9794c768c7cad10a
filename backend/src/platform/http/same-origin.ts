import type { NextFunction, Request, Response } from 'express';
import { CrossOriginError } from './http.errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

interface Provenance {
  method: string;
  host: string | undefined;
  origin: string | undefined;
  /** `Sec-Fetch-Site`, sent by every current browser and not settable by scripts. */
  fetchSite: string | undefined;
}

/**
 * Whether a request may change something: not when a browser says that another site made it. A client that is no
 * browser sends neither header, and has no cookie that another site could ride on.
 */
export function mayChangeState({ method, host, origin, fetchSite }: Provenance): boolean {
  if (SAFE_METHODS.has(method)) return true;
  if (fetchSite !== undefined && fetchSite !== 'same-origin') return false;
  return origin === undefined || (host !== undefined && origin === `https://${host}`);
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

export function refuseCrossOrigin(request: Request, _response: Response, next: NextFunction): void {
  const { headers, method } = request;
  const allowed = mayChangeState({
    method,
    host: headers.host,
    origin: headers.origin,
    fetchSite: single(headers['sec-fetch-site']),
  });
  next(allowed ? undefined : new CrossOriginError());
}
