import { HttpTestingController } from '@angular/common/http/testing';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type CallDetail, type RecordingDetail, type RecordingSummary } from '../api/generated/models.ts';
import { Session } from '../session/session.ts';
import { aCallDetail, aRecording, aRecordingDetail } from '../../testing/fixtures.ts';
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
    expect(panel.textContent).toContain('相手方の声が録音されていません');
    expect(audio()).not.toBeNull();
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
});
