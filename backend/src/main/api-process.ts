import { type DynamicModule, Module } from '@nestjs/common';
import { PeopleModule } from '../people/people.module.ts';
import { HttpModule } from '../platform/http/http.module.ts';
import type { Logger } from '../platform/logging.ts';
import { PlatformModule } from '../platform/platform.module.ts';
import type { Settings } from '../platform/settings.ts';
import { apiDocument } from './api-document.ts';
import { ApiModule } from './api.module.ts';

/** Searches overlap; each holds a connection for milliseconds. */
const DATABASE_CONNECTIONS = 8;

@Module({})
class ApiProcess {}

/** @param checkAnswers for tests: whether every answer is compared with its declared schema */
export function apiProcess(settings: Settings, logger: Logger, checkAnswers = false): DynamicModule {
  return {
    module: ApiProcess,
    imports: [
      PlatformModule.forProcess(settings, logger, DATABASE_CONNECTIONS),
      HttpModule.forProcess({ doorkeepers: PeopleModule, document: apiDocument(), checkAnswers }),
      ApiModule,
    ],
  };
}
