import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AuditLog1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What a leaf says of an event's detail is a commitment under this salt: see audit/log/leaf.ts. 244 random bits.
      ALTER TABLE audit_events ADD COLUMN salt bytea NOT NULL
        DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());

      CREATE TABLE log_leaves (
        index bigint PRIMARY KEY,
        kind text NOT NULL,
        source text NOT NULL,
        leaf bytea NOT NULL,
        leaf_hash bytea NOT NULL
      );
      CREATE INDEX log_leaves_source ON log_leaves (kind, source, index);
      CREATE INDEX log_leaves_kind ON log_leaves (kind, index);

      -- Complete subtrees: node (l, i) stands over the leaves from i * 2^l up to, not including, (i + 1) * 2^l.
      CREATE TABLE log_nodes (
        level smallint NOT NULL,
        index bigint NOT NULL,
        hash bytea NOT NULL,
        PRIMARY KEY (level, index)
      );

      CREATE TABLE log_checkpoints (
        size bigint PRIMARY KEY,
        note text NOT NULL,
        at timestamptz(3) NOT NULL
      );

      CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
      CREATE TRIGGER log_leaves_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_leaves
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER log_nodes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_nodes
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER log_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoints
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      -- Tells the worker; here and not in the code, so that no writer of events can forget it.
      CREATE FUNCTION tell_of_audit_event() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_notify('denwaban', '{"kind":"audit"}'); RETURN NULL; END $$;
      CREATE TRIGGER audit_events_told AFTER INSERT ON audit_events
        FOR EACH STATEMENT EXECUTE FUNCTION tell_of_audit_event();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER audit_events_told ON audit_events;
      DROP FUNCTION tell_of_audit_event();
      DROP TABLE log_checkpoints, log_nodes, log_leaves;
      ALTER TABLE audit_events DROP COLUMN salt;
      CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit_events is append-only'; END $$;
    `);
  }
}
