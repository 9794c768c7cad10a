import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { AccessGuard } from './access.guard.ts';
import { ErrorFilter } from './error.filter.ts';
import { CHECK_ANSWERS, RouteInterceptor } from './route.interceptor.ts';
import { type Controller, routesOf } from './route.ts';

/** The door of the API: access, validation and failures of every route. Refuses to start with an undeclared route. */
@Module({})
export class HttpModule implements OnModuleInit {
  constructor(private readonly discovery: DiscoveryService) {}

  /** @param checkAnswers see `CHECK_ANSWERS` */
  static forProcess({ checkAnswers }: { checkAnswers: boolean }): DynamicModule {
    return {
      module: HttpModule,
      imports: [DiscoveryModule],
      providers: [
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_INTERCEPTOR, useClass: RouteInterceptor },
        { provide: APP_FILTER, useClass: ErrorFilter },
        { provide: CHECK_ANSWERS, useValue: checkAnswers },
      ],
    };
  }

  onModuleInit(): void {
    this.discovery.getControllers().forEach(({ metatype }) => routesOf(metatype as Controller));
  }
}
