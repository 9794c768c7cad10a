import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { find } from '../../testing/dom.ts';
import { idOf } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { LogInForm } from './log-in-form.ts';

describe('the log-in form', () => {
  let fixture: ComponentFixture<LogInForm>;
  let element: HTMLElement;
  let http: HttpTestingController;
  const input = (id: string) => find(element, HTMLInputElement, `#${id}`);

  beforeEach(async () => {
    TestBed.configureTestingModule({ providers: consoleForTests() });
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(LogInForm);
    element = fixture.nativeElement as HTMLElement;
    document.body.append(element);
    await fixture.whenStable();
  });

  afterEach(() => {
    http.verify();
    element.remove();
  });

  const type = (id: string, value: string) => {
    input(id).value = value;
    input(id).dispatchEvent(new Event('input', { bubbles: true }));
  };
  const submit = async () => {
    element.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();
  };

  it('can be filled by password managers', () => {
    expect(input('login').getAttribute('autocomplete')).toBe('username');
    expect(input('password').getAttribute('autocomplete')).toBe('current-password');
    expect(input('password').type).toBe('password');
  });

  it('says what is missing, at the field, and asks nobody', async () => {
    await submit();
    expect(element.textContent).toContain('ログインIDを入力してください');
    expect(element.textContent).toContain('パスワードを入力してください');
    expect(input('login').getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(input('login'));
  });

  it('logs in with the password exactly as typed', async () => {
    let loggedIn = 0;
    fixture.componentInstance.loggedIn.subscribe(() => (loggedIn += 1));
    type('login', ' yamada ');
    type('password', ' correct horse ');
    await submit();
    const request = http.expectOne({ method: 'POST', url: '/api/v1/session' });
    expect(request.request.body).toEqual({ login: 'yamada', password: ' correct horse ' });
    request.flush({ user: { id: idOf(1), login: 'yamada', name: '山田' }, permissions: [], mustChangePassword: false });
    await settle();
    expect(loggedIn).toBe(1);
  });

  it('tells of a wrong password, keeps the login, empties the password and puts the cursor there', async () => {
    type('login', 'yamada');
    type('password', 'wrong');
    await submit();
    http.expectOne('/api/v1/session').flush(failureBody('wrong-log-in'), { status: 401, statusText: 'no' });
    await settle();
    expect(element.querySelector('[role=alert]')?.textContent).toContain('ログインIDまたはパスワードが違います');
    expect(input('login').value).toBe('yamada');
    expect(input('password').value).toBe('');
    expect(document.activeElement).toBe(input('password'));
    expect(element.textContent).not.toContain('パスワードを入力してください');
  });

  it('shows the password on demand', async () => {
    element.querySelector<HTMLButtonElement>('dw-password-field button')?.click();
    await settle();
    expect(input('password').type).toBe('text');
  });
});
