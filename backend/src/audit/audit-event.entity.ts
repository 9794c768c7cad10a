import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** 操作記録: append-only. Everybody's access and change, written before the answer leaves. */
@Entity('audit_events')
export class AuditEventEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id: string;
  @Column({ type: 'timestamptz', precision: 3 }) at: Date;
  @Column('uuid', { nullable: true }) userId: string | null;
  /** e.g. `session.log-in`, `session.refused`, `calls.search`, `recording.play`, `configuration.change`. */
  @Column('text') action: string;
  @Column('text', { nullable: true }) subject: string | null;
  @Column('jsonb') detail: unknown;
  @Column('text', { nullable: true }) remoteAddress: string | null;
}
