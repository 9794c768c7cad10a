import { openApiDocument } from '../platform/http/openapi.ts';
import { discoverRoutes } from '../platform/http/route-discovery.ts';
import { project } from '../platform/project.ts';
import { ApiModule } from './api.module.ts';

/** Every route of the API. @throws UndeclaredRouteError */
export const apiRoutes = () => discoverRoutes(ApiModule);

/** The API's description, as it is served and as `backend/openapi.json` keeps it for the console's client. */
export const apiDocument = () => openApiDocument(apiRoutes(), project.version);

export const apiDocumentText = (): string => `${JSON.stringify(apiDocument(), null, 2)}\n`;
