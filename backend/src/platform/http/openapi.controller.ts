import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { Route } from './route.ts';

export const OPENAPI_DOCUMENT = Symbol('openapi-document');

@Controller()
export class OpenApiController {
  constructor(@Inject(OPENAPI_DOCUMENT) private readonly document: Record<string, unknown>) {}

  @Route({
    method: 'get',
    path: '/openapi.json',
    access: 'public',
    summary: 'This description',
    response: z.record(z.string(), z.unknown()),
  })
  readOpenApi(): Record<string, unknown> {
    return this.document;
  }
}
