import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { isStreamed, type DeclaredRoute, UPLOAD_TYPE } from './route.ts';

export const API_PREFIX = '/api/v1';

/** How every failure is answered. `errorId` is stable; `correlationId` finds the failure in the log. */
export const Failure = z
  .object({
    errorId: z.string(),
    message: z.string(),
    details: z.unknown().optional(),
    correlationId: z.string(),
  })
  .meta({ id: 'Failure' });
export type Failure = z.infer<typeof Failure>;

function successOf({ response }: DeclaredRoute): ZodOpenApiOperationObject['responses'] {
  if (response === null) return { '204': { description: 'done' } };
  if (!isStreamed(response)) {
    return { '200': { description: 'done', content: { 'application/json': { schema: response } } } };
  }
  const schema = response.contentType.startsWith('text/')
    ? { type: 'string' as const }
    : { type: 'string' as const, format: 'binary' };
  return { '200': { description: response.description, content: { [response.contentType]: { schema } } } };
}

function operationOf(route: DeclaredRoute): ZodOpenApiOperationObject {
  const { params, query, headers } = route;
  const requestParams = {
    ...(params && { path: params as z.ZodObject }),
    ...(query && { query: query as z.ZodObject }),
  };
  return {
    operationId: route.name,
    summary: route.summary,
    tags: [route.path.split('/')[1] ?? ''],
    ...(route.access !== 'public' && { security: [{ session: [] }], 'x-permission': route.access }),
    ...(Object.keys(requestParams).length > 0 && { requestParams }),
    ...(headers && {
      parameters: Object.entries(headers).map(([name, description]) => ({
        in: 'header' as const,
        name,
        description,
        schema: { type: 'string' as const },
      })),
    }),
    ...(route.body && { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
    ...(route.upload && {
      requestBody: {
        ...{ required: true, description: route.upload.description },
        content: { [UPLOAD_TYPE]: { schema: { type: 'string' as const, format: 'binary' } } },
      },
    }),
    responses: {
      ...successOf(route),
      default: { description: 'failure', content: { 'application/json': { schema: Failure } } },
    },
  };
}

/**
 * The OpenAPI 3.1 document of these routes, sorted so that it only changes when a route does.
 * @param version of the product
 */
export function openApiDocument(routes: readonly DeclaredRoute[], version: string) {
  const paths: Record<string, NonNullable<ZodOpenApiPathsObject[`/${string}`]>> = {};
  const names = new Set<string>();
  const sorted = routes.toSorted((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`, 'en'));
  for (const route of sorted) {
    if (names.has(route.name)) throw new Error(`two routes are called ${route.name}`);
    names.add(route.name);
    const path = API_PREFIX + route.path.replace(/:(\w+)/g, '{$1}');
    const item = (paths[path] ??= {});
    if (item[route.method]) throw new Error(`${route.method} ${path} is declared twice`);
    item[route.method] = operationOf(route);
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Denwaban', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-denwaban' } },
    },
    paths: paths,
  });
}
