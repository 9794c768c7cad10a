import { HttpTestingController } from '@angular/common/http/testing';
import { signal } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Session } from '../session/session.ts';
import { elementOf } from '../../testing/dom.ts';
import { FakeEventSource } from '../../testing/fake-event-source.ts';
import { aHealthyBox, aLiveCall, someStorage } from '../../testing/fixtures.ts';
import { consoleForTests } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { Shell } from './shell.ts';

describe('everything around a screen', () => {
  const mustChangePassword = signal(false);
  let permissions: string[];
  let fixture: ComponentFixture<Shell>;
  let http: HttpTestingController;

  beforeEach(() => {
    mustChangePassword.set(false);
    FakeEventSource.opened.length = 0;
    const session = {
      mustChangePassword,
      user: () => ({ name: '山田 花子' }),
      can: (permission: string) => permissions.includes(permission),
    };
    TestBed.configureTestingModule({ providers: [...consoleForTests(), { provide: Session, useValue: session }] });
    http = TestBed.inject(HttpTestingController);
  });

  afterEach(() => {
    fixture.destroy();
    http.verify();
  });

  async function show(...granted: string[]): Promise<HTMLElement> {
    permissions = granted;
    fixture = TestBed.createComponent(Shell);
    await settle();
    return elementOf(fixture);
  }
  const menu = (shell: HTMLElement) => [...shell.querySelectorAll('nav a')].map((link) => link.getAttribute('href'));

  it('shows the menu of what the person may, and asks for nothing else', async () => {
    expect(menu(await show('calls.search'))).toEqual(['/calls']);
    expect(FakeEventSource.opened).toHaveLength(0);
  });

  it('names the office, and counts calls in progress and what needs attention', async () => {
    const shell = await show('calls.search', 'calls.watch', 'health.read', 'configuration.read');
    http.expectOne('/api/v1/configuration').flush({ document: { site: { id: 'hq', name: '青葉町役場 本庁' } } });
    const trunks = [{ id: 'x', name: 'ひかり電話', status: 'down', detail: '' }];
    http.expectOne('/api/v1/health/details').flush({ ...aHealthyBox(), trunks });
    FakeEventSource.newest.stand();
    http.expectOne('/api/v1/calls/live').flush({ calls: [aLiveCall(1), aLiveCall(2)] });
    await settle();
    expect(shell.textContent).toContain('青葉町役場 本庁');
    expect(menu(shell)).toEqual(['/calls', '/live', '/notices', '/phones', '/health']);
    expect(shell.querySelector('nav')?.textContent).toContain('2件の通話中');
    expect(shell.querySelector('nav')?.textContent).toContain('対応が必要なこと1件');
  });

  it('says on every screen from the second step on that room runs out, as soon as the box tells', async () => {
    const shell = await show('calls.watch', 'health.read');
    http.expectOne('/api/v1/health/details').flush({ ...aHealthyBox(), storage: someStorage({ level: 'notice' }) });
    FakeEventSource.newest.stand();
    http.expectOne('/api/v1/calls/live').flush({ calls: [] });
    await settle();
    expect(shell.querySelector('dw-headroom-banner')?.textContent.trim()).toBe('');
    FakeEventSource.newest.tell('health', {});
    const storage = someStorage({ level: 'warning', daysLeft: 2.4 });
    http.expectOne('/api/v1/health/details').flush({ ...aHealthyBox(), storage });
    await settle();
    const said = shell.querySelector('dw-headroom-banner [role=status]')?.textContent;
    expect(said).toContain('あと約2日分');
    expect(said).toContain('ディスクを増やす');
  });

  it('has no menu and asks for nothing until the first password is changed', async () => {
    mustChangePassword.set(true);
    const shell = await show('calls.search', 'calls.watch');
    expect(menu(shell)).toEqual([]);
    expect(FakeEventSource.opened).toHaveLength(0);
    mustChangePassword.set(false);
    await settle();
    expect(menu(shell)).toEqual(['/calls', '/live']);
    expect(FakeEventSource.opened).toHaveLength(1);
  });
});
