import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PhoneSettings } from '../api/generated/models.ts';
import { Session } from '../session/session.ts';
import { find, findButton } from '../../testing/dom.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { PhoneSettingsPage } from './phone-settings.page.ts';

const URL = '/api/v1/phones/p201/settings';
const SETTINGS: PhoneSettings = {
  ...{ name: '市民課1', server: '192.0.2.1', port: 5061, transport: 'tls', media: 'srtp' },
  ...{ user: '201', password: 'old-secret-of-201', codecs: ['PCMU', 'PCMA'], registrationSeconds: 600 },
};
const document_ = {
  phones: [
    { id: 'p201', type: 'sip', secret: '********' },
    { id: 'p202', type: 'sip', secret: '********' },
  ],
};

describe('what is typed into a phone', () => {
  let fixture: ComponentFixture<PhoneSettingsPage>;
  let page: HTMLElement;
  let http: HttpTestingController;
  let permissions: string[];

  beforeEach(() => {
    permissions = ['phones.settings', 'configuration.read', 'configuration.write'];
    const session = { can: (permission: string) => permissions.includes(permission), user: () => null };
    TestBed.configureTestingModule({ providers: [...consoleForTests(), { provide: Session, useValue: session }] });
    http = TestBed.inject(HttpTestingController);
  });
  afterEach(() => {
    fixture.destroy();
    Object.assign(navigator, { clipboard: undefined });
    http.verify();
  });

  async function show(): Promise<void> {
    fixture = TestBed.createComponent(PhoneSettingsPage);
    page = fixture.nativeElement as HTMLElement;
    fixture.componentRef.setInput('id', 'p201');
    await settle();
    http.expectOne(URL).flush(SETTINGS);
    await settle();
  }
  async function press(root: ParentNode, label: string): Promise<void> {
    findButton(root, label).click();
    await settle();
  }
  const dialog = () => find(document, HTMLElement, '[role=dialog]');
  const said = () => page.querySelector('[role=status]')?.textContent;

  it('is told, but for the password, which is shown when asked for', async () => {
    await show();
    for (const fact of ['市民課1', '192.0.2.1', '5061', 'TLS', '201', 'SRTP', 'G.711 µ-law', '600秒'])
      expect(page.textContent).toContain(fact);
    expect(page.textContent).not.toContain('old-secret-of-201');
    await press(page, '表示');
    expect(page.textContent).toContain('old-secret-of-201');
    await press(page, '表示');
    expect(page.textContent).not.toContain('old-secret-of-201');
  });

  it('is copied without being shown, or says what to do where that cannot be', async () => {
    await show();
    const copied: string[] = [];
    const clipboard = { writeText: (text: string) => Promise.resolve(copied.push(text)) };
    Object.assign(navigator, { clipboard });
    await press(page, 'コピー');
    expect(copied).toEqual(['old-secret-of-201']);
    expect(said()).toContain('コピーしました');
    Object.assign(navigator, { clipboard: { writeText: () => Promise.reject(new Error('not allowed')) } });
    await press(page, 'コピー');
    expect(said()).toContain('コピーできませんでした');
  });

  it('gets a new password, in the configuration and on the screen, and no other phone does', async () => {
    await show();
    await press(page, '新しいパスワードに変える');
    await press(dialog(), '新しいパスワードに変える');
    await press(dialog(), '変えています');
    http.expectOne('/api/v1/phones/secret').flush({ secret: 'new-secret-of-201' });
    await settle();
    http.expectOne('/api/v1/configuration').flush({ version: 7, document: document_ });
    await settle();
    const put = http.expectOne({ method: 'PUT', url: '/api/v1/configuration' });
    expect(put.request.headers.get('If-Match')).toBe('"7"');
    expect(put.request.body).toEqual({
      phones: [{ id: 'p201', type: 'sip', secret: 'new-secret-of-201' }, document_.phones[1]],
    });
    put.flush({ version: 8, document: document_ });
    await settle();
    expect(document.querySelector('[role=dialog]')).toBeNull();
    expect(page.textContent).not.toContain('old-secret-of-201');
    http.expectOne(URL).flush({ ...SETTINGS, password: 'new-secret-of-201' });
    await settle();
    expect(page.textContent).toContain('new-secret-of-201');
    expect(said()).toContain('新しいパスワードに変えました');
  });

  it('keeps its password when the configuration is refused', async () => {
    await show();
    await press(page, '新しいパスワードに変える');
    await press(dialog(), '新しいパスワードに変える');
    http.expectOne('/api/v1/phones/secret').flush({ secret: 'new-secret-of-201' });
    await settle();
    http.expectOne('/api/v1/configuration').flush({ version: 7, document: document_ });
    await settle();
    const refused = { status: 412, statusText: 'changed meanwhile' };
    http.expectOne({ method: 'PUT', url: '/api/v1/configuration' }).flush(failureBody('brand-new'), refused);
    await settle();
    expect(dialog().querySelector('[role=alert]')?.textContent).toContain('the API says brand-new');
    await press(dialog(), '変えない');
    expect(said()).toBe('');
  });

  it('may be changed by whoever may change the configuration only', async () => {
    permissions = ['phones.settings'];
    await show();
    expect(page.textContent).not.toContain('新しいパスワードに変える');
  });

  it('is told of no phone that is not there', async () => {
    fixture = TestBed.createComponent(PhoneSettingsPage);
    page = fixture.nativeElement as HTMLElement;
    fixture.componentRef.setInput('id', 'p801');
    await settle();
    http
      .expectOne('/api/v1/phones/p801/settings')
      .flush(failureBody('not-found'), { status: 404, statusText: 'not found' });
    await settle();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('見つかりません');
  });
});
