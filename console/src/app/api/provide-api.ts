import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { type EnvironmentProviders, type Provider } from '@angular/core';
import { clockInterceptor } from '../clock/server-clock.ts';
import { sessionInterceptor } from '../session/session.interceptor.ts';
import { failureInterceptor } from './failure.interceptor.ts';
import { ApiConfiguration } from './generated/api-configuration.ts';

/** The API at this address, with everything a request passes on its way. The last interceptor is next to the wire. */
export const provideApi = (): (Provider | EnvironmentProviders)[] => [
  { provide: ApiConfiguration, useValue: { rootUrl: '' } satisfies ApiConfiguration },
  provideHttpClient(withInterceptors([sessionInterceptor, failureInterceptor, clockInterceptor])),
];
