import { provideHttpClientTesting } from '@angular/common/http/testing';
import { type EnvironmentProviders, LOCALE_ID, type Provider } from '@angular/core';
import { provideRouter } from '@angular/router';
import { provideApi } from '../app/api/provide-api.ts';
import { EVENT_SOURCE } from '../app/live/event-stream.ts';
import { FakeEventSource } from './fake-event-source.ts';

/** The console as it is put together, with the network in the test's hands. */
export const consoleForTests = (): (Provider | EnvironmentProviders)[] => [
  provideRouter([]),
  provideApi(),
  provideHttpClientTesting(),
  { provide: LOCALE_ID, useValue: 'ja' },
  { provide: EVENT_SOURCE, useValue: (url: string) => new FakeEventSource(url) as unknown as EventSource },
];

/** Body of a failure as the API answers it. */
export const failureBody = (errorId: string, details?: unknown) => ({
  errorId,
  message: `the API says ${errorId}`,
  correlationId: '11111111-2222-4333-8444-555555555555',
  ...(details === undefined ? {} : { details }),
});
