import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A sound that an office made for its notices. Never changed: its id is made of what is heard. */
@Entity('notice_audio')
export class NoticeAudioEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('text') source: 'upload' | 'speech' | 'phone';
  /** What is said, where the box knows it. */
  @Column('text', { nullable: true }) text: string | null;
  @Column('text', { nullable: true }) kana: string | null;
  /** Which synthesiser spoke it. */
  @Column('text', { nullable: true }) voice: string | null;
  @Column('integer') durationMs: number;
  /** Levels are of what came in, before it was brought to the level of all notices. */
  @Column('real') activeDbfs: number;
  @Column('real') peakDbfs: number;
  @Column('real') clippedShare: number;
  @Column('real') silentShare: number;
  /** Of a sound recorded by phone: the number it was recorded under, and the extension. */
  @Column('integer', { nullable: true }) recordedNumber: number | null;
  @Column('text', { nullable: true }) recordedBy: string | null;
  /** 8 kHz mono, signed 16 bit. Only read where it is asked for. */
  @Column('bytea', { select: false }) pcm: Buffer;
  @Column({ type: 'timestamptz', precision: 3 }) createdAt: Date;
  @Column('uuid', { nullable: true }) createdBy: string | null;
}
