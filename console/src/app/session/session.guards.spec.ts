import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { consoleForTests } from '../../testing/providers.ts';
import { loggedIn, loggedOut, permitted } from './session.guards.ts';
import { Session } from './session.ts';

@Component({ selector: 'dw-blank', template: '' })
class Blank {}

interface Standing {
  user: object | null;
  permissions: string[];
  mustChangePassword: boolean;
}

describe('who gets where', () => {
  const load = jest.fn<() => Promise<void>>();
  let standing: Standing;

  beforeEach(() => {
    load.mockReset().mockResolvedValue();
    standing = { user: {}, permissions: ['calls.search'], mustChangePassword: false };
    const session = {
      load,
      user: () => standing.user,
      mustChangePassword: () => standing.mustChangePassword,
      can: (permission: string) => standing.permissions.includes(permission),
    };
    TestBed.configureTestingModule({
      providers: [
        ...consoleForTests(),
        provideRouter([
          { path: 'log-in', canActivate: [loggedOut], component: Blank },
          { path: 'unavailable', component: Blank },
          {
            path: '',
            canActivate: [loggedIn],
            children: [
              { path: '', pathMatch: 'full', component: Blank },
              { path: 'calls', canMatch: [permitted], data: { permission: 'calls.search' }, component: Blank },
              { path: 'health', canMatch: [permitted], data: { permission: 'health.read' }, component: Blank },
              { path: 'password', component: Blank },
              { path: '**', title: 'not found', component: Blank },
            ],
          },
        ]),
        { provide: Session, useValue: session },
      ],
    });
  });

  async function goTo(url: string): Promise<{ url: string; title: string | undefined; path: string | undefined }> {
    await (await RouterTestingHarness.create()).navigateByUrl(url);
    const router = TestBed.inject(Router);
    let route = router.routerState.snapshot.root;
    while (route.firstChild) route = route.firstChild;
    return { url: router.url, title: route.title, path: route.routeConfig?.path };
  }

  it('a person with the permission gets to the screen', async () => {
    expect((await goTo('/calls')).path).toBe('calls');
  });

  it('a person without it is told that there is no such page', async () => {
    expect(await goTo('/health')).toMatchObject({ url: '/health', title: 'not found' });
  });

  it('nobody gets past the log-in, and is brought back afterwards', async () => {
    standing.user = null;
    expect((await goTo('/health')).url).toBe('/log-in?next=%2Fhealth');
  });

  it('a person who must change the password gets to nothing else', async () => {
    standing.mustChangePassword = true;
    expect((await goTo('/health')).url).toBe('/password');
  });

  it('a person who is logged in does not see the log-in again', async () => {
    expect((await goTo('/log-in')).url).toBe('/');
  });

  it('a box that does not answer is waited for, under the address that was wanted', async () => {
    load.mockRejectedValue(new Error('unreachable'));
    expect((await goTo('/calls')).path).toBe('unavailable');
  });
});
