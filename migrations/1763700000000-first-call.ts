import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FirstCall1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id uuid PRIMARY KEY,
        login text NOT NULL UNIQUE,
        name text NOT NULL,
        password_hash text NOT NULL,
        must_change_password boolean NOT NULL,
        disabled_at timestamptz,
        created_at timestamptz NOT NULL
      );
      CREATE TABLE sessions (
        token_hash bytea PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX sessions_user ON sessions (user_id);

      -- Throttle of log-ins. Columns and their order are those of rate-limiter-flexible's RateLimiterPostgres.
      CREATE TABLE log_in_attempts (
        key varchar(255) PRIMARY KEY,
        points int NOT NULL DEFAULT 0,
        expire bigint
      );

      CREATE TABLE calls (
        id uuid PRIMARY KEY,
        direction text NOT NULL CHECK (direction IN ('incoming', 'outgoing', 'internal')),
        number text,
        presentation text NOT NULL CHECK (presentation IN ('shown', 'withheld', 'payphone', 'unavailable')),
        trunk_id text NOT NULL,
        line_id text,
        line_name text,
        dialled text NOT NULL,
        desk_id text,
        desk_name text,
        phone_id text,
        phone_name text,
        state text NOT NULL CHECK (state IN ('arriving', 'announcing', 'ringing', 'talking', 'ended')),
        outcome text CHECK (outcome IN ('answered', 'unanswered', 'abandoned', 'refused', 'failed')),
        reason text,
        started_at timestamptz(3) NOT NULL,
        answered_at timestamptz(3),
        ended_at timestamptz(3),
        handled_by text CHECK (handled_by IN ('backend', 'fallback')),
        end_cause int,
        ended_by text CHECK (ended_by IN ('caller', 'office', 'box', 'lost')),
        recorder text NOT NULL CHECK (recorder IN ('waiting', 'growing', 'stalled', 'stopped')),
        journal_lines int NOT NULL,
        journal jsonb NOT NULL,
        CHECK (presentation = 'shown' OR number IS NULL)
      );
      CREATE INDEX calls_newest ON calls (started_at DESC, id DESC);
      CREATE INDEX calls_in_progress ON calls (started_at) WHERE ended_at IS NULL;
      CREATE INDEX calls_number ON calls (number text_pattern_ops, started_at DESC);

      CREATE TABLE recordings (
        id uuid PRIMARY KEY,
        call_id uuid NOT NULL UNIQUE REFERENCES calls,
        state text NOT NULL CHECK (state IN ('sealing', 'sealed', 'none')),
        completeness text CHECK (completeness IN ('complete', 'partial', 'none')),
        reason text,
        started_at timestamptz(3) NOT NULL,
        sealed_at timestamptz(3),
        duration_ms int,
        format text,
        sample_rate int,
        path text UNIQUE,
        size_bytes bigint,
        sha256 text,
        peaks bytea,
        peaks_per_second int,
        left_level_dbfs real,
        right_level_dbfs real,
        leading_silence_ms int,
        missing_ms int,
        left_silent_ms int,
        right_silent_ms int,
        spool_bytes bigint,
        trouble text,
        CHECK (state <> 'sealed' OR (path IS NOT NULL AND sha256 IS NOT NULL AND completeness IN ('complete', 'partial'))),
        CHECK (completeness IS DISTINCT FROM 'partial' OR reason IS NOT NULL),
        CHECK (state <> 'none' OR reason IS NOT NULL)
      );
      CREATE INDEX recordings_unsettled ON recordings (started_at) WHERE state = 'sealing';
      CREATE INDEX recordings_trouble ON recordings (started_at) WHERE trouble IS NOT NULL;

      CREATE TABLE configuration_versions (
        version int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        document jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL,
        created_by uuid REFERENCES users,
        applied boolean,
        applied_error text
      );

      CREATE TABLE audit_events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz(3) NOT NULL,
        user_id uuid,
        action text NOT NULL,
        subject text,
        detail jsonb NOT NULL,
        remote_address text
      );
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit_events is append-only'; END $$;
      CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE TABLE health_reports (
        check_id text PRIMARY KEY,
        status text NOT NULL CHECK (status IN ('ok', 'degraded', 'down')),
        detail text,
        since timestamptz(3) NOT NULL,
        reported_at timestamptz(3) NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE health_reports, audit_events, configuration_versions, recordings, calls, log_in_attempts, sessions, users;
      DROP FUNCTION refuse_change();
    `);
  }
}
