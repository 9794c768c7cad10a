import { provideHttpClient, withInterceptors } from '@angular/common/http';
import {
  type ApplicationConfig,
  inject,
  provideAppInitializer,
  provideBrowserGlobalErrorListeners,
} from '@angular/core';
import { TitleStrategy, provideRouter, withComponentInputBinding, withInMemoryScrolling } from '@angular/router';
import { failureInterceptor } from './api/failure.interceptor.ts';
import { ApiConfiguration } from './api/generated/api-configuration.ts';
import { routes } from './app.routes.ts';
import { clockInterceptor } from './clock/server-clock.ts';
import { sessionInterceptor } from './session/session.interceptor.ts';
import { PageFocus } from './shell/page-focus.ts';
import { PageTitle } from './shell/page-title.ts';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(
      routes,
      withComponentInputBinding(),
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled', anchorScrolling: 'enabled' }),
    ),
    provideHttpClient(withInterceptors([sessionInterceptor, failureInterceptor, clockInterceptor])),
    { provide: TitleStrategy, useExisting: PageTitle },
    provideAppInitializer(() => {
      inject(ApiConfiguration).rootUrl = '';
      inject(PageFocus).start();
    }),
  ],
};
