import { createParamDecorator, Delete, Get, HttpCode, Post, Put, Res, type ExecutionContext } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Permission } from '../permissions.ts';
import type { Who } from './who.ts';

/** An answer that is not JSON: the handler writes it to `reply` itself. */
export interface StreamedResponse {
  contentType: string;
  description: string;
}
export const streamed = (contentType: string, description: string): StreamedResponse => ({ contentType, description });

/** A request that is not JSON: the handler reads it from `request` itself. */
export interface UploadedBody {
  description: string;
}
export const UPLOAD_TYPE = 'application/octet-stream';
export const uploaded = (description: string): UploadedBody => ({ description });

/** The one declaration of a route: the guard, the validation, the OpenAPI document and the tests come from it. */
export interface RouteDeclaration {
  method: 'get' | 'post' | 'put' | 'delete';
  /** Below `/api/v1`, parameters as `:id`. */
  path: `/${string}`;
  access: Permission;
  summary: string;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Instead of `body`. */
  upload?: UploadedBody;
  /** null = 204, nothing to say. */
  response: z.ZodType | StreamedResponse | null;
  /** Request headers the client may send, by name. */
  headers?: Record<string, string>;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a handler gets: everything already validated. */
export interface RouteInput<D extends RouteDeclaration> {
  params: Parsed<D['params']>;
  query: Parsed<D['query']>;
  body: Parsed<D['body']>;
  who: D['access'] extends 'public' ? Who | null : Who;
  request: Request;
  /** For headers; only a streamed route writes the answer itself. */
  reply: Response;
  /** Null when the connection is already gone. */
  remoteAddress: string | null;
}

/** The part of `RouteInput` that every route has, for a handler's signature: `Asked & { body: CallSearch }`. */
export type Asked = Pick<RouteInput<RouteDeclaration>, 'who' | 'request' | 'reply' | 'remoteAddress'>;
/** The same for a public route. */
export type AskedByAnybody = Omit<Asked, 'who'>;

type RouteAnswer<D extends RouteDeclaration> = D['response'] extends z.ZodType
  ? z.input<D['response']> | Promise<z.input<D['response']>>
  : Promise<void>;

/** The same before it is known which route it is for. */
export interface AnyRouteInput {
  params: unknown;
  query: unknown;
  body: unknown;
  who: Who | null;
  request: Request;
  reply: Response;
  remoteAddress: string | null;
}

export type AnsweringRequest = Request & { input?: AnyRouteInput; who?: Who | null };

const ROUTE = Symbol('route');
const VERBS = { get: Get, post: Post, put: Put, delete: Delete };

const Input = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<AnsweringRequest>().input;
});

export const isStreamed = (response: RouteDeclaration['response']): response is StreamedResponse =>
  response !== null && 'contentType' in response;

/** Declares a controller's method as a route. Its argument is the validated `RouteInput`. */
export function Route<const D extends RouteDeclaration>(declaration: D) {
  return <H extends (input: RouteInput<D>) => RouteAnswer<D>>(
    target: object,
    name: string,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    Input()(target, name, 0);
    // Tells Nest that the handler answers by itself.
    if (isStreamed(declaration.response)) Res()(target, name, 1);
    const method = descriptor as PropertyDescriptor;
    VERBS[declaration.method](declaration.path)(target, name, method);
    HttpCode(declaration.response === null ? 204 : 200)(target, name, method);
    Reflect.defineMetadata(ROUTE, declaration, descriptor.value as object);
  };
}

export type Controller = abstract new (...args: never[]) => unknown;

export interface DeclaredRoute extends RouteDeclaration {
  /** The handler's name; also the OpenAPI operation id. */
  name: string;
  controller: string;
}

export class UndeclaredRouteError extends Error {
  constructor(controller: string, name: string) {
    super(`${controller}.${name} answers requests without a @Route declaration`);
  }
}

export const declarationOf = (handler: object): RouteDeclaration | undefined =>
  Reflect.getMetadata(ROUTE, handler) as RouteDeclaration | undefined;

/**
 * @returns the routes of a controller, inherited ones included
 * @throws UndeclaredRouteError when a method answers requests by any other decorator than `@Route`
 */
export function routesOf(controller: Controller): DeclaredRoute[] {
  const routes: DeclaredRoute[] = [];
  for (
    let proto = controller.prototype as object;
    proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto) as object
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(proto))) {
      if (typeof value !== 'function' || name === 'constructor') continue;
      const declaration = declarationOf(value as object);
      if (declaration) routes.push({ ...declaration, name, controller: controller.name });
      else if (Reflect.hasMetadata(METHOD_METADATA, value as object)) {
        throw new UndeclaredRouteError(controller.name, name);
      }
    }
  }
  return routes;
}
