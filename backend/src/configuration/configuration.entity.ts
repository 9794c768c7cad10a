import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { ConfigurationDocument } from './configuration.schema.ts';

@Entity('configuration_versions')
export class ConfigurationVersionEntity {
  @PrimaryGeneratedColumn('identity') version: number;
  @Column('jsonb') document: ConfigurationDocument;
  @Column({ type: 'timestamptz', precision: 3 }) createdAt: Date;
  @Column('uuid', { nullable: true }) createdBy: string | null;
  /** Set by telephony: null = not yet tried, true = in force in Asterisk, false = refused and rolled back. */
  @Column('boolean', { nullable: true }) applied: boolean | null;
  @Column('text', { nullable: true }) appliedError: string | null;
}
