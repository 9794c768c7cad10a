import { DataSource, DefaultNamingStrategy, type DataSourceOptions } from 'typeorm';
import { FirstCall1763700000000 } from '../../../migrations/1763700000000-first-call.ts';
import { RecordingKeys1763800000000 } from '../../../migrations/1763800000000-recording-keys.ts';
import { AuditLog1763900000000 } from '../../../migrations/1763900000000-audit-log.ts';
import { RecordingGaps1764000000000 } from '../../../migrations/1764000000000-recording-gaps.ts';
import { Formats1764100000000 } from '../../../migrations/1764100000000-formats.ts';
import { RecordingDeletions1764400000000 } from '../../../migrations/1764400000000-recording-deletions.ts';
import { CheckpointVouchers1764400000001 } from '../../../migrations/1764400000001-checkpoint-vouchers.ts';
import { Reconciliations1764400000002 } from '../../../migrations/1764400000002-reconciliations.ts';
import { Flows1764600000000 } from '../../../migrations/1764600000000-flows.ts';
import { RecordingRules1795300002000 } from '../../../migrations/1795300002000-recording-rules.ts';
import { NoticeAudio1795300003000 } from '../../../migrations/1795300003000-notice-audio.ts';
import { BlockRules1795300004000 } from '../../../migrations/1795300004000-block-rules.ts';
import { Exports1764200000000 } from '../../../migrations/1764200000000-exports.ts';
import { OutgoingCalls1795300001000 } from '../../../migrations/1795300001000-outgoing-calls.ts';
import { MarkedCalls1795300005000 } from '../../../migrations/1795300005000-marked-calls.ts';
import { SwitchesByPhone1795300005001 } from '../../../migrations/1795300005001-switches-by-phone.ts';
import { BlockRuleReviews1795300007000 } from '../../../migrations/1795300007000-block-rule-reviews.ts';
import { BlockRulesAbroad1795300008000 } from '../../../migrations/1795300008000-block-rules-abroad.ts';
import { AuditEventEntity } from '../audit/audit-event.entity.ts';
import { BlockRuleEntity } from '../blocklist/block-rule.entity.ts';
import { CallEntity } from '../calls/call.entity.ts';
import { ConfigurationVersionEntity } from '../configuration/configuration.entity.ts';
import { HealthReportEntity } from '../health/health-report.entity.ts';
import { NoticeAudioEntity } from '../notices/notice-audio.entity.ts';
import { SessionEntity } from '../people/session.entity.ts';
import { UserEntity } from '../people/user.entity.ts';
import { ClassKeyEntity, RecordingKeyEntity } from '../recordings/encryption/recording-key.entity.ts';
import { ExportEntity, ExportItemEntity } from '../recordings/export/export.entity.ts';
import { RecordingEntity } from '../recordings/recording.entity.ts';
import { ScheduleSwitchEntity } from '../schedules/schedule-switch.entity.ts';
import type { Settings } from './settings.ts';

export const ENTITIES = [
  AuditEventEntity,
  BlockRuleEntity,
  CallEntity,
  ClassKeyEntity,
  ConfigurationVersionEntity,
  ExportEntity,
  ExportItemEntity,
  HealthReportEntity,
  NoticeAudioEntity,
  RecordingEntity,
  RecordingKeyEntity,
  ScheduleSwitchEntity,
  SessionEntity,
  UserEntity,
];

/** Columns are `snake_case` in Postgres and `camelCase` in the code. */
class SnakeCaseNaming extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string): string {
    return customName || propertyName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}

/** How to reach the database: the socket of the embedded one, or the operator's URL. */
export function connectionOptions(settings: Settings) {
  const url = settings.operator.DENWABAN_POSTGRES_URL;
  if (url) return { url };
  return {
    host: settings.endpoints.postgresSocketDir ?? undefined,
    port: 5432,
    database: 'denwaban',
    username: 'denwaban',
    password: settings.secret('postgres-password'),
  };
}

/** @param poolSize connections this process may hold */
export function dataSourceOptions(settings: Settings, poolSize: number): DataSourceOptions {
  return {
    type: 'postgres',
    ...connectionOptions(settings),
    entities: ENTITIES,
    migrations: [
      FirstCall1763700000000,
      RecordingKeys1763800000000,
      AuditLog1763900000000,
      RecordingGaps1764000000000,
      Formats1764100000000,
      Exports1764200000000,
      RecordingDeletions1764400000000,
      CheckpointVouchers1764400000001,
      Reconciliations1764400000002,
      Flows1764600000000,
      OutgoingCalls1795300001000,
      RecordingRules1795300002000,
      NoticeAudio1795300003000,
      BlockRules1795300004000,
      MarkedCalls1795300005000,
      SwitchesByPhone1795300005001,
      BlockRuleReviews1795300007000,
      BlockRulesAbroad1795300008000,
    ],
    namingStrategy: new SnakeCaseNaming(),
    synchronize: false,
    // A hung server keeps to no timeout of its own; hence the last one, which is the driver's.
    extra: { max: poolSize, connectionTimeoutMillis: 2000, statement_timeout: 10_000, query_timeout: 12_000 },
  };
}

export const createDataSource = (settings: Settings, poolSize: number) =>
  new DataSource(dataSourceOptions(settings, poolSize));
