import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type HealthDetails } from '../api/generated/models.ts';
import { aHealthyBox } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { HealthPage } from './health.page.ts';

const DETAILS = '/api/v1/health/details';

describe('the health page', () => {
  let page: HTMLElement;
  let http: HttpTestingController;

  beforeEach(async () => {
    TestBed.configureTestingModule({ providers: consoleForTests() });
    http = TestBed.inject(HttpTestingController);
    page = TestBed.createComponent(HealthPage).nativeElement as HTMLElement;
    await settle();
  });

  afterEach(() => http.verify());

  async function answer(details: HealthDetails): Promise<void> {
    http.expectOne(DETAILS).flush(details);
    await settle();
  }

  it('says that nothing needs attention, and shows parts, room, versions and the certificate', async () => {
    await answer(aHealthyBox());
    for (const fact of ['対応が必要なことはありません', 'データベース', '650日分', 'ひかり電話', '22.10.1']) {
      expect(page.textContent).toContain(fact);
    }
    expect(page.querySelector('a[download]')?.getAttribute('href')).toBe('/api/v1/ca-certificate');
  });

  it('begins with what needs attention and what to do about it', async () => {
    await answer(
      aHealthyBox({ trunks: [{ id: 'x', name: 'ひかり電話', status: 'down', detail: '応答がありません。' }] }),
    );
    const first = page.querySelector('section')?.textContent ?? '';
    expect(first).toContain('1件');
    expect(first).toContain('外線「ひかり電話」がつながっていません');
    expect(first).toContain('対応:');
  });

  it('keeps what it knew when asking again fails', async () => {
    await answer(aHealthyBox());
    [...page.querySelectorAll('button')].find(({ textContent }) => textContent.includes('更新'))?.click();
    http.expectOne(DETAILS).flush(failureBody('unexpected'), { status: 500, statusText: 'no' });
    await settle();
    expect(page.querySelector('[role=alert]')).not.toBeNull();
    expect(page.textContent).toContain('データベース');
  });
});
