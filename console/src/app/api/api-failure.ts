import { HttpErrorResponse } from '@angular/common/http';

/** One thing wrong with one field: a JSON pointer and what to do. */
export interface InputProblem {
  path: string;
  message: string;
}

/** An answer of the API that is not the one asked for. `errorId` is stable; `message` is for people. */
export class ApiFailure extends Error {
  constructor(
    readonly errorId: string,
    message: string,
    readonly status: number,
    readonly correlationId: string | null = null,
    readonly details: unknown = null,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = 'ApiFailure';
  }

  problemsOf(field: string): InputProblem[] {
    return isProblemList(this.details) ? this.details.filter(({ path }) => path === `/${field}`) : [];
  }
}

export function toApiFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  if (!(error instanceof HttpErrorResponse)) return new ApiFailure('console-fault', String(error), 0);
  if (error.status === 0) return new ApiFailure('unreachable', error.message, 0);
  const body = read(error.error);
  // Something answered, but not the API: a proxy, or a box in the middle of an update.
  if (!isFailureBody(body)) return new ApiFailure('unreadable', error.message, error.status);
  const { errorId, message, correlationId = null, details = null } = body;
  return new ApiFailure(errorId, message, error.status, correlationId, details, retryAfter(error, details));
}

/** Where nothing was to be answered, the client takes what came for text. */
function read(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** RFC 9110 10.2.3: delay in seconds (this API does not use the date form), or as the API's details name it. */
function retryAfter(error: HttpErrorResponse, details: unknown): number | null {
  const told = isObject(details) ? details['retryAfterSeconds'] : undefined;
  const seconds = Number(error.headers.get('Retry-After') ?? told ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}

interface FailureBody {
  errorId: string;
  message: string;
  correlationId?: string;
  details?: unknown;
}

function isFailureBody(body: unknown): body is FailureBody {
  return isObject(body) && typeof body['errorId'] === 'string' && typeof body['message'] === 'string';
}

function isProblemList(details: unknown): details is InputProblem[] {
  return (
    Array.isArray(details) && details.every((problem) => isObject(problem) && 'path' in problem && 'message' in problem)
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
