import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import * as nodeFiles from 'node:fs/promises';
import { type DataSource } from 'typeorm';
import { type VerificationLine } from '../../../backend/src/audit/audit.schema.ts';
import { CheckpointFiles } from '../../../backend/src/audit/checkpoint-files.ts';
import { CheckpointSigner } from '../../../backend/src/audit/checkpoint-signer.service.ts';
import { LogAppender } from '../../../backend/src/audit/log-appender.service.ts';
import { LogKey } from '../../../backend/src/audit/log-key.ts';
import { LogProofs } from '../../../backend/src/audit/log-proofs.service.ts';
import { LogReadingRepository } from '../../../backend/src/audit/log-reading.repository.ts';
import { LogVerification } from '../../../backend/src/audit/log-verification.service.ts';
import { type ExclusiveLog, LogRepository } from '../../../backend/src/audit/log.repository.ts';
import { VoucherVerification } from '../../../backend/src/audit/voucher-verification.ts';
import { Clock } from '../../../backend/src/platform/clock.ts';
import { MessageSender } from '../../../backend/src/platform/messages.ts';
import { type Settings } from '../../../backend/src/platform/settings.ts';
import { AudioVerification } from '../../../backend/src/recordings/vault/audio-verification.ts';
import { Vault } from '../../../backend/src/recordings/vault/vault.ts';
import { RecordingRepository, type SealedFacts } from '../../../backend/src/recordings/recording.repository.ts';
import { aCall, fileCalls } from '../api/filed-calls.ts';
import { diskStore, recordingKeys } from '../recordings/sealing-bench.ts';
import { stepped, Steps } from '../recordings/stepped.ts';

export const SITE = 'honcho';

/** The office has been named, as its first configuration does. */
export function nameSite({ layout }: Settings): void {
  writeFileSync(layout.lastGoodConfiguration, JSON.stringify({ site: { id: SITE } }));
}

/** What keeps the log in the worker, with each statement and each touch of a file counted as a step. */
export function logKeeping(
  dataSource: DataSource,
  { layout }: Settings,
  steps = new Steps(0, 'before', () => undefined),
) {
  const disk = stepped('disk', { ...nodeFiles }, steps);
  const log = new LogRepository(dataSource);
  const exclusively = log.exclusively.bind(log);
  log.exclusively = (work) => exclusively((inside: ExclusiveLog) => work(stepped('log', inside, steps)));
  const key = LogKey.in(layout, () => Promise.resolve(SITE), disk);
  return {
    appender: new LogAppender(log),
    signer: new CheckpointSigner(log, new CheckpointFiles(layout.log, disk), key, new Clock()),
  };
}

/** @returns what a verification says, line by line */
export async function verify(
  dataSource: DataSource,
  settings: Settings,
  limit = 1000,
  vouchers = new VoucherVerification(new CheckpointFiles(settings.layout.log), null, () => Promise.resolve([])),
): Promise<VerificationLine[]> {
  const reading = new LogReadingRepository(dataSource);
  const proofs = new LogProofs(reading, new MessageSender(dataSource), settings, new Clock());
  const vault = new Vault(diskStore(settings), recordingKeys(dataSource, settings));
  const audio = new AudioVerification(new RecordingRepository(dataSource, new Clock()), vault);
  const lines: VerificationLine[] = [];
  const verification = new LogVerification(reading, new CheckpointFiles(settings.layout.log), proofs, vouchers, audio);
  await verification.run({ limit, audio: false }, (line) => {
    lines.push(line);
    return Promise.resolve(true);
  });
  return lines;
}

export const findingsIn = (lines: readonly VerificationLine[]) =>
  lines.flatMap((line) => (line.type === 'finding' ? [line.finding] : []));

export async function addEvents(dataSource: DataSource, count: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO audit_events (at, user_id, action, subject, detail, remote_address)
     SELECT '2026-11-20T00:00:00Z'::timestamptz + n * interval '1 s', gen_random_uuid(), 'calls.view',
       gen_random_uuid()::text, jsonb_build_object('n', n), '192.0.2.' || n % 250 FROM generate_series(1, $1) n`,
    [count],
  );
}

const FACTS: SealedFacts = {
  ...{ completeness: 'complete', reason: null, rule: null, durationMs: 60_000, leadingSilenceMs: 0, missingMs: 0 },
  ...{ gaps: [], tracks: {} },
  ...{ spoolBytes: 1_920_000, format: 'flac', sampleRate: 8000, path: '', sizeBytes: 500_000, sha256: 'ab'.repeat(32) },
  ...{ peaks: Buffer.alloc(4), peaksPerSecond: 1, leftSilentMs: 0, rightSilentMs: 0 },
  ...{ leftLevelDbfs: -20, rightLevelDbfs: -20 },
};

/** @returns the id of a recording as sealing leaves it; without facts, of one that has no audio */
export async function settleRecording(
  dataSource: DataSource,
  facts: Partial<SealedFacts> | null = {},
): Promise<string> {
  const recordings = new RecordingRepository(dataSource, new Clock());
  const call = aCall();
  await fileCalls(dataSource, [call]);
  const recording = await recordings.open(call.id, call.startedAt);
  if (facts) await recordings.seal(recording, { ...FACTS, path: `${randomUUID()}.flac`, ...facts });
  else await recordings.settleWithout(recording, 'no-audio');
  return recording.id;
}
