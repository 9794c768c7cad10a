import {
  type CallDetail,
  type CallSummary,
  type Export,
  type HealthDetails,
  type LiveCall,
  type RecordingDetail,
  type RecordingSummary,
  type Storage,
} from '../app/api/generated/models.ts';

export const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** An answered call of four minutes whose recording is sealed and complete. */
export const aCall = (n: number, changes: Partial<CallSummary> = {}): CallSummary => ({
  id: idOf(n),
  direction: 'incoming',
  number: '09012345678',
  presentation: 'shown',
  line: { id: 'main', name: '代表' },
  dialled: '0312340001',
  desk: { id: 'citizen', name: '市民課' },
  phone: { id: 'p201', name: '市民課1' },
  state: 'ended',
  outcome: 'answered',
  callbackRequested: false,
  marked: false,
  emergency: false,
  reason: null,
  blockRule: null,
  startedAt: new Date(Date.UTC(2026, 10, 21, 0, 5) - n * 60_000).toISOString(),
  answeredAt: new Date(Date.UTC(2026, 10, 21, 0, 5, 18) - n * 60_000).toISOString(),
  endedAt: new Date(Date.UTC(2026, 10, 21, 0, 9, 4) - n * 60_000).toISOString(),
  durationMs: 244_000,
  handledBy: 'backend',
  recorder: 'stopped',
  recording: aRecording(n),
  ...changes,
});

export const aLiveCall = (n: number, changes: Partial<LiveCall> = {}): LiveCall => ({
  ...aCall(n, {
    state: 'talking',
    outcome: null,
    endedAt: null,
    durationMs: null,
    recorder: 'growing',
    recording: null,
  }),
  legs: [
    {
      party: 'phone',
      phone: { id: 'p201', name: '市民課1' },
      startedAt: aCall(n).startedAt,
      endedAt: null,
      holding: false,
    },
  ],
  ...{ longCall: null, parkedAt: null, endingArmedUntil: null, awaitsKeeping: false },
  ...changes,
});

export const aRecording = (n: number, changes: Partial<RecordingSummary> = {}): RecordingSummary => ({
  id: idOf(5000 + n),
  state: 'sealed',
  completeness: 'complete',
  reason: null,
  durationMs: 243_000,
  ...changes,
});

export const aCallDetail = (n: number, changes: Partial<CallDetail> = {}): CallDetail => ({
  ...aCall(n),
  legs: [],
  timeline: [],
  ...changes,
});

export const aRecordingDetail = (call: CallSummary, changes: Partial<RecordingDetail> = {}): RecordingDetail => ({
  ...(call.recording ?? aRecording(0)),
  callId: call.id,
  startedAt: call.startedAt,
  sealedAt: call.endedAt,
  format: 'flac',
  sampleRate: 8000,
  sizeBytes: 1_000_000,
  sha256: '0'.repeat(64),
  leftLevelDbfs: -20,
  rightLevelDbfs: -20,
  leadingSilenceMs: 0,
  missingMs: 0,
  gaps: [],
  rule: null,
  tracks: [],
  leftSilentMs: 0,
  rightSilentMs: 0,
  hints: [],
  trouble: null,
  deletion: null,
  ...changes,
});

export function someStorage(changes: Partial<Storage> = {}): Storage {
  const left = { level: 'ample', hoursLeft: 13_000, daysLeft: 650 } as const;
  return {
    ...left,
    places: [{ place: 'both', ...left, freeBytes: 400e9, totalBytes: 480e9 }],
    ...{ measured: true, recordedHoursPerDay: 20, reserve: { leftBytes: 512e6, wholeBytes: 512e6 } },
    ...changes,
  };
}

export const aHealthyBox = (changes: Partial<HealthDetails> = {}): HealthDetails => ({
  status: 'ok',
  checks: ['postgres', 'asterisk', 'telephony', 'worker', 'spool', 'vault', 'certificate'].map((checkId) => ({
    checkId,
    status: 'ok',
    detail: null,
    since: null,
  })),
  versions: { asterisk: '22.10.1', denwaban: '0.1.0' },
  storage: someStorage(),
  trunks: [{ id: 'carrier', name: 'ひかり電話', status: 'ok', detail: '' }],
  pbx: null,
  phones: [{ id: 'p201', name: '市民課1', status: 'ok', detail: '' }],
  ...changes,
});

/** An export of three calls that nobody has downloaded yet. */
export const anExport = (changes: Partial<Export> = {}): Export => ({
  id: idOf(0),
  createdAt: '2026-11-21T00:05:00.000Z',
  createdBy: { id: idOf(9000), name: '管理者' },
  own: true,
  reason: '開示請求のため',
  ...{ format: 'mp3', side: 'both', listEncoding: 'utf-8', encrypted: false, passphraseNeeded: false },
  expiresAt: '2026-11-28T00:05:00.000Z',
  state: 'ready',
  progress: { calls: 3, done: 0, withoutAudio: 0, missing: 0, sizeBytes: 0 },
  ...{ startedAt: null, endedAt: null, lostCharacters: [] },
  ...changes,
});
