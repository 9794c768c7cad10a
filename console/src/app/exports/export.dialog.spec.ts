import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { find, findButton } from '../../testing/dom.ts';
import { anExport, idOf } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { ExportDialog } from './export.dialog.ts';

const PASSPHRASE = 'kawa no nagare';

describe('the dialog that makes an export', () => {
  const close = jest.fn();
  let fixture: ComponentFixture<ExportDialog>;
  let page: HTMLElement;
  let http: HttpTestingController;

  beforeEach(async () => {
    close.mockClear();
    TestBed.configureTestingModule({
      providers: [
        ...consoleForTests(),
        { provide: DIALOG_DATA, useValue: { callIds: [idOf(1), idOf(2)] } },
        { provide: DialogRef, useValue: { close } },
      ],
    });
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(ExportDialog);
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    await settle();
  });

  afterEach(() => {
    http.verify();
    fixture.destroy();
  });

  async function type(id: string, value: string): Promise<void> {
    const field = page.querySelector<HTMLInputElement | HTMLTextAreaElement>(`#${id}`);
    if (!field) throw new Error(`no field ${id}`);
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await settle();
  }
  async function send(): Promise<void> {
    page.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();
  }
  async function check(selector: string): Promise<void> {
    find(page, HTMLInputElement, selector).click();
    await settle();
  }

  it('says how many calls it is about, and sends what was chosen', async () => {
    expect(page.textContent).toContain('2件の通話の録音');
    await type('export-reason', ' 開示請求のため ');
    await check('input[value=wav]');
    await send();
    const request = http.expectOne('/api/v1/exports');
    expect(request.request.body).toEqual({
      ...{ callIds: [idOf(1), idOf(2)], format: 'wav', side: 'both', listEncoding: 'utf-8', reason: '開示請求のため' },
    });
    const made = anExport();
    request.flush(made);
    await settle();
    expect(close).toHaveBeenCalledWith(made);
  });

  it('asks nobody without a reason, and says so at the field', async () => {
    await send();
    expect(page.querySelector('#export-reason')?.getAttribute('aria-invalid')).toBe('true');
    expect(page.textContent).toContain('理由を入力してください');
  });

  it('offers no side alone of what is to stay as it was stored', async () => {
    expect(page.querySelector('#export-side')).not.toBeNull();
    await check('input[value=original]');
    expect(page.querySelector('#export-side')).toBeNull();
  });

  it.each([
    ['', '', 'パスフレーズを入力してください'],
    ['short', 'short', '12文字以上にしてください'],
    ['ながいパスフレーズです。ね', 'ながいパスフレーズです。ね', '半角の英数字と記号で入力してください'],
    [` ${PASSPHRASE}`, ` ${PASSPHRASE}`, '先頭と末尾の空白を取り除いてください'],
    [PASSPHRASE, `${PASSPHRASE}!`, 'パスフレーズと一致していません'],
  ])('does not take %j and %j for a passphrase', async (passphrase, again, mistake) => {
    await type('export-reason', '監査のため');
    await check('input[type=checkbox]');
    await type('export-passphrase', passphrase);
    await type('export-passphrase-again', again);
    await send();
    expect(page.textContent).toContain(mistake);
  });

  it('sends a passphrase only while it is wanted', async () => {
    await type('export-reason', '監査のため');
    await check('input[type=checkbox]');
    await type('export-passphrase', PASSPHRASE);
    await type('export-passphrase-again', PASSPHRASE);
    await send();
    const request = http.expectOne('/api/v1/exports');
    expect(request.request.body).toMatchObject({ passphrase: PASSPHRASE });
    request.flush(failureBody('export-too-large'), { status: 409, statusText: 'too large' });
    await settle();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('10,000件まで');
    await check('input[type=checkbox]');
    findButton(page, '書き出しを作成').click();
    await send();
    http.match('/api/v1/exports').forEach(({ request: { body } }) => expect(body).not.toHaveProperty('passphrase'));
  });
});
