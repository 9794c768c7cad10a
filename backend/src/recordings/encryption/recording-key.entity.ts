import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The key of a retention class and month, wrapped by a master key. */
@Entity('class_keys')
export class ClassKeyEntity {
  /** E.g. `standard/2026-11`. */
  @PrimaryColumn('text') name: string;
  @Column('bytea') wrapped: Buffer;
}

/** The key of one recording, wrapped by the key of its class. */
@Entity('recording_keys')
export class RecordingKeyEntity {
  @PrimaryColumn('uuid') recordingId: string;
  @Column('text') className: string;
  @Column('bytea') wrapped: Buffer;
}
