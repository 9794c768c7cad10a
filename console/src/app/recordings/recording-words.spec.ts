import { describe, expect, it } from '@jest/globals';
import { aCall, aLiveCall, aRecording } from '../../testing/fixtures.ts';
import { recordingSign } from './recording-words.ts';

describe('the recording column', () => {
  it.each([
    ['growing', '録音中', 'success'],
    ['waiting', '録音準備中', ''],
    ['stalled', '録音が止まっています', 'error'],
    ['stopped', '録音していません', 'error'],
  ] as const)('shows what is measured while the call goes on: %s', (recorder, label, tone) => {
    expect(recordingSign(aLiveCall(0, { recorder }))).toMatchObject({ label, tone });
  });

  it('shows what became of the recording', () => {
    expect(recordingSign(aCall(0))).toMatchObject({ label: '完全', tone: 'success' });
    const sealing = aRecording(0, { state: 'sealing', completeness: null });
    expect(recordingSign(aCall(0, { recording: sealing }))).toMatchObject({ label: '処理中' });
    expect(recordingSign(aCall(0, { recording: null }))).toMatchObject({ label: '処理中' });
    const deleted = aRecording(0, { state: 'deleted' });
    expect(recordingSign(aCall(0, { recording: deleted }))).toMatchObject({ label: '削除済み', tone: '' });
  });

  it('gives the reason for what is missing, and alarms only when audio was expected', () => {
    const none = (reason: 'refused' | 'file-missing') =>
      recordingSign(aCall(0, { recording: aRecording(0, { state: 'none', completeness: 'none', reason }) }));
    expect(none('refused')).toMatchObject({ label: 'なし', note: '着信拒否', tone: '' });
    expect(none('file-missing')).toMatchObject({ label: 'なし', note: 'ファイルなし', tone: 'error' });
  });
});
