import { Dialog } from '@angular/cdk/dialog';
import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type CallDetail, type RecordingDetail, type RecordingSummary } from '../api/generated/models.ts';
import { Session } from '../session/session.ts';
import { aCallDetail, aRecording, aRecordingDetail, idOf } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { RecordingPanel } from './recording-panel.ts';

const PEAKS = { perSecond: 50, left: [], right: [] };

describe('the recording of a call', () => {
  let fixture: ComponentFixture<RecordingPanel>;
  let panel: HTMLElement;
  let http: HttpTestingController;
  let permitted: boolean;
  let load: jest.SpiedFunction<HTMLMediaElement['load']>;

  beforeEach(() => {
    permitted = true;
    TestBed.configureTestingModule({
      providers: [...consoleForTests(), { provide: Session, useValue: { can: () => permitted } }],
    });
    http = TestBed.inject(HttpTestingController);
    load = jest.spyOn(HTMLMediaElement.prototype, 'load').mockImplementation(() => undefined);
    jest.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  });

  afterEach(() => {
    http.verify();
    jest.restoreAllMocks();
  });

  async function show(call: CallDetail): Promise<void> {
    fixture = TestBed.createComponent(RecordingPanel);
    panel = fixture.nativeElement as HTMLElement;
    fixture.componentRef.setInput('call', call);
    await settle();
  }
  async function answer(call: CallDetail, changes: Partial<RecordingDetail> = {}): Promise<void> {
    const url = `/api/v1/recordings/${call.recording?.id ?? ''}`;
    http.expectOne(url).flush(aRecordingDetail(call, changes));
    if (call.recording?.state === 'sealed') http.expectOne(`${url}/peaks`).flush(PEAKS);
    await settle();
  }
  const with_ = (changes: Partial<RecordingSummary>) => aCallDetail(1, { recording: aRecording(1, changes) });
  const audio = () => panel.querySelector('audio');

  it('is played from the API', async () => {
    const call = aCallDetail(1);
    await show(call);
    await answer(call);
    expect(audio()?.src).toContain(`/api/v1/recordings/${call.recording?.id ?? ''}/audio`);
    expect(panel.textContent).toContain('完全');
  });

  it('can be played without a waveform', async () => {
    const call = aCallDetail(1);
    await show(call);
    const url = `/api/v1/recordings/${call.recording?.id ?? ''}`;
    http.expectOne(url).flush(aRecordingDetail(call));
    http.expectOne(`${url}/peaks`).flush(failureBody('unexpected'), { status: 500, statusText: 'no' });
    await settle();
    expect(audio()).not.toBeNull();
    expect(panel.querySelector('dw-waveform')).toBeNull();
  });

  it('says that it is being stored, and turns into the player by itself', async () => {
    const sealing = with_({ state: 'sealing', completeness: null, durationMs: null });
    await show(sealing);
    await answer(sealing);
    expect(panel.textContent).toContain('録音を保存しています');
    expect(audio()).toBeNull();
    const sealed = with_({});
    fixture.componentRef.setInput('call', sealed);
    await settle();
    await answer(sealed);
    expect(audio()).not.toBeNull();
  });

  it('asks for nothing before the worker has seen the call', async () => {
    const call = aCallDetail(1);
    await show({ ...call, recording: { ...aRecording(1), id: call.id, state: 'sealing', completeness: null } });
    expect(panel.textContent).toContain('録音を保存しています');
  });

  it('says why storing does not succeed and that nothing is lost', async () => {
    const sealing = with_({ state: 'sealing', completeness: null, durationMs: null });
    await show(sealing);
    await answer(sealing, { trouble: 'vault-full' });
    expect(panel.textContent).toContain('録音庫の空き容量がありません');
    expect(panel.textContent).toContain('音声は録音スプールに残っており');
  });

  it('says why there is none', async () => {
    const none = with_({ state: 'none', completeness: 'none', reason: 'no-audio', durationMs: null });
    await show(none);
    await answer(none);
    expect(panel.textContent).toContain('通話中に音声が届きませんでした');
    expect(audio()).toBeNull();
  });

  it('plays what there is of a partial one, and says what is missing', async () => {
    const partial = with_({ completeness: 'partial', reason: 'short' });
    await show(partial);
    await answer(partial, { missingMs: 3200, hints: ['left-silent'] });
    expect(panel.textContent).toContain('録音が通話の長さより短くなっています');
    expect(panel.textContent).toContain('欠けている長さ: 約3秒');
    expect(panel.textContent).toContain('相手側の声が録音されていません');
    expect(audio()).not.toBeNull();
  });

  it('does not speak of no seconds when only a moment is missing', async () => {
    const partial = with_({ completeness: 'partial', reason: 'interrupted' });
    await show(partial);
    await answer(partial, { missingMs: 120 });
    expect(panel.textContent).toContain('欠けている長さ: 1秒未満');
  });

  it('says where a listener hears nothing, why, and leads there', async () => {
    const call = aCallDetail(1);
    await show(call);
    await answer(call, {
      gaps: [
        { atMs: 0, durationMs: 26, reason: 'before-media' },
        { atMs: 63_000, durationMs: 4200, reason: 'disk-full' },
      ],
    });
    const items = [...panel.querySelectorAll('details li')].map(({ textContent }) =>
      textContent.replaceAll(/\s+/g, ' '),
    );
    expect(items).toEqual([expect.stringContaining('1:03 空き容量不足で録音できなかった時間 (4秒)')]);
    panel.querySelector<HTMLButtonElement>('details li button')?.click();
    expect(audio()?.currentTime).toBe(63);
  });

  it('asks for nothing and plays nothing without the permission', async () => {
    permitted = false;
    await show(aCallDetail(1));
    expect(panel.textContent).toContain('録音を再生する権限がありません');
    expect(audio()).toBeNull();
  });

  it('explains by the API why the audio could not be played, and tries again', async () => {
    const call = aCallDetail(1);
    await show(call);
    await answer(call);
    audio()?.dispatchEvent(new Event('error'));
    http
      .expectOne(`/api/v1/recordings/${call.recording?.id ?? ''}/peaks`)
      .flush(failureBody('recording-file-missing'), { status: 410, statusText: 'gone' });
    await settle();
    expect(panel.querySelector('[role=alert]')?.textContent).toContain('録音ファイルが録音庫に見つかりません');
    panel.querySelector<HTMLButtonElement>('[role=alert] button')?.click();
    await settle();
    expect(panel.querySelector('[role=alert]')).toBeNull();
    expect(load).toHaveBeenCalledTimes(1);
  });

  describe('once deleted', () => {
    const deletion = {
      ...{ at: '2026-11-20T01:02:03.000Z', rule: 'by-hand', reason: '誤って録音したため' },
      by: { id: idOf(9), name: '録音管理者' },
    };

    it('says when, by whom, by which rule and why, and offers nothing to play or delete', async () => {
      const call = with_({ state: 'deleted' });
      await show(call);
      await answer(call, { deletion });
      for (const words of ['削除済み', '11月20日', '手動', '録音管理者', '誤って録音したため']) {
        expect(panel.textContent).toContain(words);
      }
      expect(audio()).toBeNull();
      const acts = [...panel.querySelectorAll('button')].map(({ textContent }) => textContent.trim());
      expect(acts).toEqual(['録音の証明…']);
    });

    it('says so, without the details, to who may not listen', async () => {
      permitted = false;
      await show(with_({ state: 'deleted' }));
      expect(panel.textContent).toContain('この録音は削除済みです');
      expect(panel.querySelector('dl')).toBeNull();
      expect(panel.querySelector('button')).toBeNull();
    });
  });

  describe('being deleted', () => {
    const dialog = () => document.querySelector('dw-deletion-dialog');
    const press = async (label: string, within: Element | null) => {
      const buttons = [...(within?.querySelectorAll('button') ?? [])];
      buttons.find(({ textContent }) => textContent.includes(label))?.click();
      await settle();
    };
    const type = async (reason: string) => {
      const field = dialog()?.querySelector('textarea');
      if (!field) throw new Error('no field');
      field.value = reason;
      field.dispatchEvent(new Event('input'));
      await settle();
    };
    let call: CallDetail;
    let changed: number;

    beforeEach(async () => {
      changed = 0;
      call = aCallDetail(1);
      await show(call);
      await answer(call);
      fixture.componentInstance.changed.subscribe(() => (changed += 1));
      await press('録音を削除', panel);
    });
    afterEach(() => TestBed.inject(Dialog).closeAll());

    const url = () => `/api/v1/recordings/${call.recording?.id ?? ''}`;

    it('wants a reason first', async () => {
      await type('  ');
      await press('録音を削除', dialog());
      expect(dialog()?.textContent).toContain('理由を入力してください');
      http.expectNone(url());
    });

    it('goes with the reason', async () => {
      await type(' 誤って録音したため ');
      await press('録音を削除', dialog());
      const { request } = http.expectOne({ method: 'DELETE', url: url() });
      expect(request.body).toEqual({ reason: '誤って録音したため' });
    });

    it('closes and tells the screen once it is done, and shows why when it is not', async () => {
      await type('誤って録音したため');
      await press('録音を削除', dialog());
      const refused = { status: 409, statusText: 'no' };
      http.expectOne({ method: 'DELETE', url: url() }).flush(failureBody('recording-not-deletable'), refused);
      await settle();
      expect(dialog()?.textContent).toContain('この録音は削除できません');
      expect(changed).toBe(0);
      await press('録音を削除', dialog());
      http
        .expectOne({ method: 'DELETE', url: url() })
        .flush(aRecordingDetail(call, { state: 'deleted', deletion: null }));
      await settle();
      expect(changed).toBe(1);
      expect(dialog()).toBeNull();
    });

    it('is left as it is by who thinks better of it', async () => {
      await press('削除しない', dialog());
      expect(dialog()).toBeNull();
      expect(changed).toBe(0);
    });
  });

  describe('as evidence', () => {
    const dialog = () => document.querySelector('dw-evidence-dialog');
    const press = async (label: string, within: Element | null) => {
      const buttons = [...(within?.querySelectorAll('button') ?? [])];
      buttons.find(({ textContent }) => textContent.includes(label))?.click();
      await settle();
    };
    const type = async (reason: string) => {
      const field = dialog()?.querySelector('textarea');
      if (!field) throw new Error('no field');
      field.value = reason;
      field.dispatchEvent(new Event('input'));
      await settle();
    };
    const KEY = 'denwaban/honcho+e5ff2fe9+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const PRINT = '6668 7AAD F862 BD77 6C8F C18B 8E9F 8E20 0897 1485 6EE2 33B3 902A 591D 0D5F 2925';
    const DISPOSITION = `attachment; filename="evidence_1.zip"; filename*=UTF-8\'\'${encodeURIComponent('証拠一式_1.zip')}`;
    let call: CallDetail;
    let saved: string[];

    beforeEach(async () => {
      saved = [];
      // jsdom has neither.
      Object.assign(URL, { createObjectURL: () => 'blob:package', revokeObjectURL: () => undefined });
      jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
        saved.push(this.download);
      });
      call = aCallDetail(1);
      await show(call);
      await answer(call);
      await press('証拠一式を作成', panel);
      http.expectOne('/api/v1/audit/checkpoint').flush({ size: 1, at: '', note: '', verifierKey: KEY });
      await settle();
      await settle();
    });
    afterEach(() => {
      TestBed.inject(Dialog).closeAll();
    });

    const order = () =>
      http.expectOne({ method: 'POST', url: `/api/v1/recordings/${call.recording?.id ?? ''}/evidence` });

    it('says what it is, and by which fingerprint the office is asked', () => {
      expect(dialog()?.textContent).toContain('ネットワークにつながないパソコンで');
      expect(dialog()?.textContent).toContain(PRINT);
    });

    it('is not made without a reason', async () => {
      await press('作成して保存', dialog());
      expect(dialog()?.textContent).toContain('理由を入力してください');
    });

    it('is made for the reason given, and saved under the name that the API gives it', async () => {
      await type(' 裁判所への提出 ');
      await press('作成して保存', dialog());
      const request = order();
      expect(request.request.body).toEqual({ reason: '裁判所への提出' });
      request.flush(new Blob(['PK']), { headers: { 'Content-Disposition': DISPOSITION } });
      await settle();
      expect(saved).toEqual(['証拠一式_1.zip']);
      expect(dialog()?.textContent).toContain('証拠一式_1.zip をダウンロードフォルダーに保存しました');
      http.match('/api/v1/audit/checkpoint');
    });

    it('says why it could not be made, in the words of the API, and saves nothing', async () => {
      await type('裁判所への提出');
      await press('作成して保存', dialog());
      const refused = new Blob([JSON.stringify(failureBody('recording-not-as-logged'))]);
      order().flush(refused, { status: 409, statusText: 'no' });
      await settle();
      await settle();
      expect(dialog()?.textContent).toContain('操作記録ログに登録されたものと一致しません');
      expect(saved).toEqual([]);
    });
  });
});
