import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';
import type { AudioFormat } from './formats/audio-format.ts';
import type {
  Completeness,
  IncompleteReason,
  RecordingGap,
  RecordingState,
  SealingTrouble,
} from './recording.schema.ts';
import type { StoredTracks } from './sealing/stored-tracks.ts';

/** `pg` hands bigint over as a string; sizes stay far below 2^53. */
const bigintAsNumber: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** The sealed audio of a call, or the reason why there is none. Exactly one for each ended call. */
@Entity('recordings')
export class RecordingEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { unique: true }) callId: string;
  @Column('text') state: RecordingState;
  @Column('text', { nullable: true }) completeness: Completeness | null;
  @Column('text', { nullable: true }) reason: IncompleteReason | null;
  /** Id of the recording rule by which something was not kept. */
  @Column('text', { nullable: true }) rule: string | null;
  @Column({ type: 'timestamptz', precision: 3 }) startedAt: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) sealedAt: Date | null;
  @Column('int', { nullable: true }) durationMs: number | null;
  @Column('text', { nullable: true }) format: AudioFormat | null;
  @Column('int', { nullable: true }) sampleRate: number | null;
  /** Path below the vault, e.g. `2026/11/21/<id>.c2sp`. Of a deleted recording: as long as its file may be there. */
  @Column('text', { nullable: true }) path: string | null;
  /** Like `sha256` of the audio itself, before it was encrypted. */
  @Column('bigint', { nullable: true, transformer: bigintAsNumber })
  sizeBytes: number | null;
  @Column('text', { nullable: true }) sha256: string | null;
  /** Signed 8-bit minimum/maximum pairs: all of the left side, then all of the right; `peaksPerSecond` pairs a second. */
  @Column('bytea', { nullable: true, select: false }) peaks: Buffer | null;
  @Column('int', { nullable: true }) peaksPerSecond: number | null;
  @Column('real', { nullable: true }) leftLevelDbfs: number | null;
  @Column('real', { nullable: true }) rightLevelDbfs: number | null;
  /** Silence put before the audio so that position zero is the moment recording began. */
  @Column('int', { nullable: true }) leadingSilenceMs: number | null;
  @Column('int', { nullable: true }) missingMs: number | null;
  @Column('jsonb', { default: [] }) gaps: RecordingGap[];
  /** What stands out; null while nothing is sealed. */
  @Column('jsonb', { nullable: true }) tracks: StoredTracks | null;
  @Column('int', { nullable: true }) leftSilentMs: number | null;
  @Column('int', { nullable: true }) rightSilentMs: number | null;
  /** Size of the spool file that was sealed: should it have grown since, it is sealed again. */
  @Column('bigint', { nullable: true, transformer: bigintAsNumber })
  spoolBytes: number | null;
  @Column('text', { nullable: true }) trouble: SealingTrouble | null;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) deletedAt: Date | null;
  /** null = the box itself, by the rule. */
  @Column('uuid', { nullable: true }) deletedBy: string | null;
  @Column('text', { nullable: true }) deletionRule: string | null;
  /** The audit event of the deletion, which also says why. */
  @Column('bigint', { nullable: true }) deletionEvent: string | null;
}
