import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { openApiDocument } from './openapi.ts';
import { type DeclaredRoute, streamed } from './route.ts';

const route = (part: Partial<DeclaredRoute>): DeclaredRoute => ({
  method: 'get',
  path: '/things',
  access: 'calls.search',
  summary: 'things',
  response: z.object({ id: z.string() }).meta({ id: 'Thing' }),
  name: 'listThings',
  controller: 'Things',
  ...part,
});
const operation = (part: Partial<DeclaredRoute>) =>
  Object.values(Object.values(openApiDocument([route(part)], '1').paths ?? {})[0] ?? {})[0] as Record<string, unknown>;

describe('the OpenAPI document', () => {
  it('names schemas by their id and says which permission a route needs', () => {
    const document = openApiDocument([route({})], '1.2.3');
    expect(document.info.version).toBe('1.2.3');
    expect(document.components?.schemas).toHaveProperty('Thing');
    expect(operation({})).toMatchObject({
      operationId: 'listThings',
      'x-permission': 'calls.search',
      security: [{ session: [] }],
      responses: { '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } } },
    });
  });

  it('writes parameters as OpenAPI does and requires them', () => {
    const part = { path: '/things/:id', params: z.object({ id: z.uuid() }) } as const;
    expect(Object.keys(openApiDocument([route(part)], '1').paths ?? {})).toEqual(['/api/v1/things/{id}']);
    expect(operation(part)).toMatchObject({ parameters: [{ in: 'path', name: 'id', required: true }] });
  });

  it('has no security on a public route, no content for an empty answer, bytes for a stream', () => {
    expect(operation({ access: 'public' })).not.toHaveProperty('security');
    expect(operation({ response: null })).toMatchObject({ responses: { '204': {} } });
    expect(operation({ response: streamed('audio/flac', 'audio') })).toMatchObject({
      responses: { '200': { content: { 'audio/flac': { schema: { type: 'string', format: 'binary' } } } } },
    });
  });

  it('tells of every failure in the same form', () => {
    expect(operation({})).toMatchObject({
      responses: { default: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } } } },
    });
  });

  it('refuses two routes of one name or at one place', () => {
    expect(() => openApiDocument([route({}), route({ path: '/others' })], '1')).toThrow('listThings');
    expect(() => openApiDocument([route({}), route({ name: 'other' })], '1')).toThrow('declared twice');
  });
});
