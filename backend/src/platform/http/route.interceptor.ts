import { isDeepStrictEqual } from 'node:util';
import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { catchError, map, type Observable, throwError, timeout, TimeoutError } from 'rxjs';
import { TooSlowError, UnsupportedMediaTypeError } from './http.errors.ts';
import { validate } from './input.ts';
import {
  type AnsweringRequest,
  type AnyRouteInput,
  declarationOf,
  isStreamed,
  type RouteDeclaration,
  UndeclaredRouteError,
  UPLOAD_TYPE,
} from './route.ts';

/** Longer than anything the console waits for, shorter than a person's patience. */
const ANSWER_TIMEOUT_MS = 20_000;
/** What was sent is a file of any kind, and takes its time. */
const UPLOAD_ANSWER_TIMEOUT_MS = 120_000;

/** Whether answers are checked against their declared schema. For tests: a wrong answer is a bug, not the client's. */
export const CHECK_ANSWERS = Symbol('check-answers');

/** Validates what comes in by the route's declaration, once, before any service sees it. */
@Injectable()
export class RouteInterceptor implements NestInterceptor {
  constructor(@Inject(CHECK_ANSWERS) private readonly checkAnswers: boolean) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = declarationOf(context.getHandler());
    if (!route) throw new UndeclaredRouteError(context.getClass().name, context.getHandler().name);
    const request = context.switchToHttp().getRequest<AnsweringRequest>();
    request.input = readInput(route, request, context.switchToHttp().getResponse());
    if (isStreamed(route.response)) return next.handle();
    return next.handle().pipe(
      timeout(route.upload ? UPLOAD_ANSWER_TIMEOUT_MS : ANSWER_TIMEOUT_MS),
      catchError((error: unknown) => throwError(() => (error instanceof TimeoutError ? new TooSlowError() : error))),
      map((answer: unknown) => (this.checkAnswers ? checkAnswer(route, answer) : answer)),
    );
  }
}

function readInput(route: RouteDeclaration, request: AnsweringRequest, reply: Response): AnyRouteInput {
  if (route.body && !request.is('application/json')) throw new UnsupportedMediaTypeError('application/json');
  if (route.upload && !request.is(UPLOAD_TYPE)) throw new UnsupportedMediaTypeError(UPLOAD_TYPE);
  return {
    params: route.params && validate(route.params, request.params),
    query: route.query && validate(route.query, request.query),
    body: route.body && validate(route.body, request.body),
    who: request.who ?? null,
    request,
    reply,
    remoteAddress: request.socket.remoteAddress ?? null,
  };
}

function checkAnswer({ response }: RouteDeclaration, answer: unknown): unknown {
  if (response === null) {
    if (answer !== undefined) throw new Error('the route declares no answer but gave one');
    return answer;
  }
  if (isStreamed(response)) return answer;
  const asTold = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  if (!isDeepStrictEqual(asTold(response.parse(answer)), asTold(answer))) {
    throw new Error(`the answer says more than its schema declares: ${JSON.stringify(answer)}`);
  }
  return answer;
}
