import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';
import type { AudioSide, ExportFormat, ListEncoding } from './export.schema.ts';

/** `pg` hands bigint over as a string; sizes stay far below 2^53. */
const bigintAsNumber: ValueTransformer = { to: (value: number) => value, from: (value: string) => Number(value) };

/** A list of calls, fixed when it was made, whose recordings may leave the box, and how its last download went. */
@Entity('exports')
export class ExportEntity {
  @PrimaryColumn('uuid') id: string;
  @Column({ type: 'timestamptz', precision: 3 }) createdAt: Date;
  @Column('uuid') createdBy: string;
  @Column('text') reason: string;
  @Column('text') format: ExportFormat;
  @Column('text') side: AudioSide;
  @Column('text') listEncoding: ListEncoding;
  @Column('boolean') encrypted: boolean;
  /** One string of all of them, each once. */
  @Column('text') lostCharacters: string;
  @Column({ type: 'timestamptz', precision: 3 }) expiresAt: Date;
  @Column('text') state: 'ready' | 'running' | 'completed' | 'interrupted';
  @Column('int') calls: number;
  @Column('int') done: number;
  @Column('int') withoutAudio: number;
  @Column('int') missing: number;
  @Column('bigint', { transformer: bigintAsNumber }) sizeBytes: number;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) startedAt: Date | null;
  /** Written again and again while a download runs: one whose process has died is known by its silence. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) aliveAt: Date | null;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) endedAt: Date | null;
}

/** A line of an export. No reference to call or recording: deleting them is not for an export to prevent. */
@Entity('export_items')
export class ExportItemEntity {
  @PrimaryColumn('uuid') exportId: string;
  @PrimaryColumn('int') position: number;
  @Column('uuid') callId: string;
  @Column('uuid', { nullable: true }) recordingId: string | null;
}
