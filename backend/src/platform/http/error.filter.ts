import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DenwabanError, NotFoundError } from '../errors.ts';
import { Logger } from '../logging.ts';
import { correlationIdOf } from './correlation.ts';
import { isDatabaseUnreachable, isStatementTimeout } from './database-failure.ts';
import {
  BodyTooLargeError,
  DatabaseDownError,
  MalformedJsonError,
  TooSlowError,
  UnexpectedError,
  UnsupportedMediaTypeError,
} from './http.errors.ts';
import type { Failure } from './openapi.ts';

const property = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;

/** Turns what Express, Nest and the driver throw into our own failures; what nobody foresaw becomes `unexpected`. */
export function asDenwabanError(error: unknown): DenwabanError {
  if (error instanceof DenwabanError) return error;
  if (isDatabaseUnreachable(error)) return new DatabaseDownError();
  if (isStatementTimeout(error)) return new TooSlowError();
  const status = error instanceof HttpException ? error.getStatus() : property(error, 'status');
  switch (status) {
    case 400:
      return new MalformedJsonError();
    case 404:
      return new NotFoundError();
    case 413:
      return new BodyTooLargeError();
    case 415:
      return new UnsupportedMediaTypeError('application/json');
    default:
      return new UnexpectedError();
  }
}

/** Answers every failure in one form, hides the unknown, logs 4xx low and 5xx with the stack. */
@Catch()
@Injectable()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const failure = asDenwabanError(error);
    const correlationId = correlationIdOf(response);
    this.log(error, failure, correlationId, http.getRequest<Request>());
    const { errorId, message, details } = failure;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const wait = property(details, 'retryAfterSeconds');
    if (typeof wait === 'number') response.setHeader('retry-after', String(wait));
    const answer: Failure = { errorId, message, ...(details !== undefined && { details }), correlationId };
    response.status(failure.status).json(answer);
  }

  private log(error: unknown, failure: DenwabanError, correlationId: string, request: Request): void {
    const fields = { correlationId, errorId: failure.errorId, method: request.method, path: request.path };
    if (failure.status < 500) {
      this.logger.info(fields, 'request refused');
      return;
    }
    this.logger.error({ ...fields, error: stackOf(error) }, 'request failed');
  }
}

/** With what it was caused by: that a tool failed helps nobody without the tool's own words. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\ncaused by ${stackOf(error.cause)}`;
}
