import { type DynamicModule, Module, type OnModuleInit, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { AccessGuard } from './access.guard.ts';
import { ErrorFilter } from './error.filter.ts';
import { OPENAPI_DOCUMENT } from './openapi.controller.ts';
import { CHECK_ANSWERS, RouteInterceptor } from './route.interceptor.ts';
import { type Controller, routesOf } from './route.ts';

export interface HttpOptions {
  /** The module that exports a `Doorkeeper`. */
  doorkeepers: Type;
  /** The OpenAPI document to serve. */
  document: object;
  /** See `CHECK_ANSWERS`. */
  checkAnswers: boolean;
}

/** The door of the API: access, validation and failures of every route. Refuses to start with an undeclared route. */
@Module({})
export class HttpModule implements OnModuleInit {
  constructor(private readonly discovery: DiscoveryService) {}

  static forProcess({ doorkeepers, document, checkAnswers }: HttpOptions): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      imports: [DiscoveryModule, doorkeepers],
      providers: [
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_INTERCEPTOR, useClass: RouteInterceptor },
        { provide: APP_FILTER, useClass: ErrorFilter },
        { provide: CHECK_ANSWERS, useValue: checkAnswers },
        { provide: OPENAPI_DOCUMENT, useValue: document },
      ],
      exports: [OPENAPI_DOCUMENT],
    };
  }

  onModuleInit(): void {
    this.discovery.getControllers().forEach(({ metatype }) => routesOf(metatype as Controller));
  }
}
