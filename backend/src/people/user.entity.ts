import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('users')
export class UserEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { unique: true }) login: string;
  @Column('text') name: string;
  /** Argon2id in PHC string format. */
  @Column('text') passwordHash: string;
  @Column('boolean') mustChangePassword: boolean;
  @Column('timestamptz', { nullable: true }) disabledAt: Date | null;
  @Column('timestamptz') createdAt: Date;
}
