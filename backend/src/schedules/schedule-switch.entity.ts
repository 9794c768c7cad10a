import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A temporary switch of one schedule. Stands apart from the configuration's versions: it ends by itself. */
@Entity('schedule_switches')
export class ScheduleSwitchEntity {
  @PrimaryColumn('text') schedule: string;
  @Column('text') openness: 'open' | 'closed';
  @Column({ type: 'timestamptz', precision: 3 }) until: Date;
  @Column({ type: 'timestamptz', precision: 3 }) setAt: Date;
  @Column('uuid', { nullable: true }) setBy: string | null;
  /** Id of the phone that switched it; then there is no user. */
  @Column('text', { nullable: true }) setByPhone: string | null;
}
