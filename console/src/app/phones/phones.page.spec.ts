import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PhoneStates, type TrunkState } from '../api/generated/models.ts';
import { EventStream } from '../live/event-stream.ts';
import { Session } from '../session/session.ts';
import { find } from '../../testing/dom.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { PhonesPage } from './phones.page.ts';

type Phone = PhoneStates['phones'][number];

const phone = (id: string, changes: Partial<Phone> = {}): Phone => ({
  ...{ id, name: `電話機${id}`, extension: id.slice(1), type: 'sip', state: 'registered' },
  since: '2026-11-21T00:05:00.000Z',
  desks: [{ id: 'citizen', name: '市民課' }],
  ...changes,
});
const TRUNK: TrunkState = {
  ...{ id: 'hikari', name: 'ひかり電話', type: 'registration', state: 'rejected' },
  ...{ detail: 'パスワードが違います。', since: '2026-11-21T00:05:00.000Z', roundTripMs: 3.25 },
};
const OFFICE = [phone('p201'), phone('p202', { state: 'unregistered', desks: [] }), phone('p801', { type: 'pbx' })];

describe('phones and trunks', () => {
  let fixture: ComponentFixture<PhonesPage>;
  let page: HTMLElement;
  let http: HttpTestingController;
  let permissions: string[];

  beforeEach(() => {
    permissions = ['health.read', 'phones.settings'];
    const session = { can: (permission: string) => permissions.includes(permission) };
    TestBed.configureTestingModule({ providers: [...consoleForTests(), { provide: Session, useValue: session }] });
    http = TestBed.inject(HttpTestingController);
  });
  afterEach(() => {
    fixture.destroy();
    http.verify();
  });

  async function show(phones: Phone[] = OFFICE, trunks: TrunkState[] = [TRUNK]): Promise<void> {
    fixture = TestBed.createComponent(PhonesPage);
    page = fixture.nativeElement as HTMLElement;
    await settle();
    await answer(phones, trunks);
  }
  async function answer(phones: Phone[], trunks: TrunkState[]): Promise<void> {
    http.expectOne('/api/v1/phones').flush({ phones });
    http.expectOne('/api/v1/trunks').flush({ trunks });
    await settle();
  }
  const rows = () => [...page.querySelectorAll('section:first-of-type tbody tr')].map(({ textContent }) => textContent);

  it('are shown with how they are, and why', async () => {
    await show();
    expect(rows()).toHaveLength(3);
    for (const fact of ['電話機p201', '登録済み', '市民課', '電話番に登録']) expect(rows()[0]).toContain(fact);
    expect(rows()[1]).toContain('未登録');
    const trunks = find(page, HTMLElement, 'section:last-of-type').textContent;
    for (const fact of ['ひかり電話', '登録を拒否されました', 'パスワードが違います。', '3.3ミリ秒'])
      expect(trunks).toContain(fact);
  });

  it('lead to the settings of phones that have some, for whoever may see them', async () => {
    await show();
    const links = () => [...page.querySelectorAll('tbody a')].map((link) => link.getAttribute('href'));
    expect(links()).toEqual(['/phones/p201', '/phones/p202']);
    permissions = ['health.read'];
    fixture.destroy();
    await show();
    expect(links()).toEqual([]);
  });

  it('are found by name, extension or desk, in any width, and by being away', async () => {
    await show();
    const field = find(page, HTMLInputElement, 'input[type=search]');
    const look = async (text: string) => {
      field.value = text;
      field.dispatchEvent(new Event('input'));
      await settle();
      return rows().length;
    };
    expect([await look('２０１'), await look('市民課'), await look('無い')]).toEqual([1, 2, 0]);
    expect(page.textContent).toContain('条件に合う電話機はありません');
    await look('');
    find(page, HTMLInputElement, 'input[type=checkbox]').click();
    await settle();
    expect(rows()).toHaveLength(1);
    expect(rows()[0]).toContain('電話機p202');
  });

  it('are looked at again as soon as the box tells of a change', async () => {
    await show();
    TestBed.inject(EventStream).health.next();
    await settle();
    await answer([phone('p201', { state: 'unregistered' })], []);
    expect(rows()).toEqual([expect.stringContaining('未登録')]);
  });

  it('say so when there are none, and when nobody knows', async () => {
    await show([], []);
    expect(page.textContent).toContain('電話機はまだ登録されていません');
    expect(page.textContent).toContain('外線はまだ登録されていません');
    fixture.destroy();
    fixture = TestBed.createComponent(PhonesPage);
    page = fixture.nativeElement as HTMLElement;
    await settle();
    http.expectOne('/api/v1/trunks').flush({ trunks: [] });
    http.expectOne('/api/v1/phones').flush(failureBody('database-down'), { status: 503, statusText: 'down' });
    await settle();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('データベースに接続できません');
  });
});
