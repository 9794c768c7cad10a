import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A log-in. The cookie carries the token; only its SHA-256 is stored. */
@Entity('sessions')
export class SessionEntity {
  @PrimaryColumn('bytea') tokenHash: Buffer;
  @Column('uuid') userId: string;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') lastSeenAt: Date;
  @Column('timestamptz') expiresAt: Date;
}
