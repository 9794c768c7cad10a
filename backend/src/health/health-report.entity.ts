import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { HealthStatus } from './health.schema.ts';

/** Each process reports what it alone can see, every few seconds. A report older than 15 s counts as `down`. */
@Entity('health_reports')
export class HealthReportEntity {
  @PrimaryColumn('text') checkId: string;
  @Column('text') status: HealthStatus;
  @Column('text', { nullable: true }) detail: string | null;
  /** Of a trunk or a phone, e.g. `registered`. */
  @Column('text', { nullable: true }) state: string | null;
  @Column('double precision', { nullable: true }) roundTripMs: number | null;
  /** Since when status and state is what it is. */
  @Column({ type: 'timestamptz', precision: 3 }) since: Date;
  @Column({ type: 'timestamptz', precision: 3 }) reportedAt: Date;
}
