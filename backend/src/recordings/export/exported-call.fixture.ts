import type { ManifestRecording } from './export-manifest.schema.ts';
import type { ExportedCall } from './export.repository.ts';

/** An ordinary, answered call; what matters to a test is given. */
export function anExportedCall(part: Partial<ExportedCall> = {}): ExportedCall {
  return {
    ...{ id: 'c0000000-0000-4000-8000-000000000001', direction: 'incoming', number: '09012345678' },
    ...{ presentation: 'shown', lineId: 'main', lineName: '代表', dialled: '0355501000' },
    ...{ deskId: 'civic', deskName: '市民課', phoneId: 'p201', phoneName: '市民課1', outcome: 'answered' },
    startedAt: new Date('2026-11-21T00:05:33.000Z'),
    endedAt: new Date('2026-11-21T00:09:37.000Z'),
    ...part,
  };
}

/** What the manifest tells of a recording that was exported. */
export function aManifestRecording(part: Partial<ManifestRecording> = {}): ManifestRecording {
  const sha256 = 'ab'.repeat(32);
  return {
    ...{ position: 1, callId: 'c0000000-0000-4000-8000-000000000001' },
    recordingId: '1a2b3c4d-0000-4000-8000-000000000000',
    file: { name: '録音/20261121_090533_代表_09012345678_1a2b3c4d.wav', sizeBytes: 100, sha256 },
    ...{ incompleteFile: null, notExported: null, asSealed: false },
    sealed: { format: 'flac', sizeBytes: 50, sha256, sealedAt: '2026-11-21T00:09:38.000Z' },
    ...{ callStartedAt: '2026-11-21T00:05:33.000Z', callEndedAt: '2026-11-21T00:09:37.000Z' },
    ...{ recordingStartedAt: '2026-11-21T00:05:33.000Z', durationMs: 244_000 },
    ...{ completeness: 'complete', completenessReason: null, missingMs: 0, gaps: [] },
    ...part,
  };
}
