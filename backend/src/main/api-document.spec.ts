import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { AddressedCursor } from '../calls/call-cursor.ts';
import { discoverRoutes } from '../platform/http/route-discovery.ts';
import { Route, UndeclaredRouteError } from '../platform/http/route.ts';
import { PERMISSIONS } from '../platform/permissions.ts';
import { project } from '../platform/project.ts';
import { apiDocumentText, apiRoutes } from './api-document.ts';

/** Whether all that a parameter may say is written down here, or is the end of a page. */
function isClosed(parameter: z.ZodType): boolean {
  if (parameter instanceof z.ZodOptional) return isClosed(parameter.unwrap() as z.ZodType);
  return parameter instanceof z.ZodEnum || parameter instanceof z.ZodLiteral || parameter === AddressedCursor;
}

describe('the API', () => {
  it('has only declared routes', () => {
    expect(apiRoutes().length).toBeGreaterThan(10);
  });

  it('is described by backend/openapi.json as it is (run make-openapi after a change)', () => {
    expect(readFileSync(join(project.root, 'backend', 'openapi.json'), 'utf8')).toBe(apiDocumentText());
  });

  it('asks for a permission that exists on every route', () => {
    for (const { access } of apiRoutes()) expect(PERMISSIONS).toContain(access);
  });

  it('is open to strangers in these places only', () => {
    const open = apiRoutes().filter(({ access }) => access === 'public');
    expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'get /ca-certificate',
      'get /health',
      'get /openapi.json',
      'post /session',
      // Its credential is the signature of the log that it brings (c2sp.org/tlog-witness).
      'post /witness/add-checkpoint',
    ]);
  });

  it('never takes numbers or names in an address', () => {
    const open = apiRoutes().flatMap(({ path, query }) =>
      Object.entries(query ? (query as z.ZodObject).shape : {})
        .filter(([, parameter]) => !isClosed(parameter as z.ZodType))
        .map(([name]) => `${path}?${name}`),
    );
    expect(open).toEqual([]);
  });

  it('takes every parameter of a path through a schema', () => {
    for (const { path, params } of apiRoutes()) {
      const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      expect(params ? Object.keys((params as z.ZodObject).shape) : []).toEqual(named);
    }
  });
});

describe('discovery of routes', () => {
  @Controller()
  class Forgetful {
    @Get('/secrets')
    secrets(): string {
      return 'secret';
    }
  }

  @Controller()
  class Careful {
    @Route({ method: 'get', path: '/things', access: 'session', summary: 'things', response: z.object({}) })
    listThings(): Record<string, never> {
      return {};
    }
  }

  @Module({ controllers: [Forgetful] })
  class Inner {}

  it('finds a route without a declaration, however deep its module is', () => {
    @Module({ imports: [{ module: Inner }], controllers: [Careful] })
    class Outer {}
    expect(() => discoverRoutes(Outer)).toThrow(UndeclaredRouteError);
    expect(() => discoverRoutes(Outer)).toThrow('Forgetful.secrets');
  });

  it('finds the routes of a dynamic module and of a base class', () => {
    @Controller()
    class Derived extends Careful {}
    @Module({})
    class Empty {}
    expect(discoverRoutes({ module: Empty, controllers: [Derived] })).toEqual([
      expect.objectContaining({ name: 'listThings', controller: 'Derived', path: '/things', access: 'session' }),
    ]);
  });
});
