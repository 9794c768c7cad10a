import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CheckpointVouchers1764400000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- RFC 3161 answers over the note of a checkpoint, as the authority gave them.
      CREATE TABLE log_timestamps (
        size bigint PRIMARY KEY,
        answer bytea NOT NULL,
        at timestamptz(3) NOT NULL
      );
      -- Signature lines of witnesses, to be put below the note of a checkpoint.
      CREATE TABLE log_cosignatures (
        size bigint NOT NULL,
        witness text NOT NULL,
        line text NOT NULL,
        at timestamptz(3) NOT NULL,
        PRIMARY KEY (size, witness)
      );
      CREATE INDEX log_cosignatures_witness ON log_cosignatures (witness, size);
      CREATE TRIGGER log_timestamps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_timestamps
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER log_cosignatures_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_cosignatures
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      -- Logs of other boxes: the newest checkpoint of each that this box has cosigned, and one that contradicts it.
      CREATE TABLE witnessed_logs (
        origin text PRIMARY KEY,
        size bigint NOT NULL,
        root bytea NOT NULL,
        at timestamptz(3) NOT NULL,
        forked_at timestamptz(3),
        forked_note text
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE witnessed_logs, log_cosignatures, log_timestamps');
  }
}
