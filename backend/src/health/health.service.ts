import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { BlockRuleSearchRepository } from '../blocklist/block-rule-search.repository.ts';
import { momentAt } from '../blocklist/block-rule-view.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { HeadroomGauge } from '../headroom/headroom-gauge.service.ts';
import { type Voice, VoiceChoice } from '../notices/voice-choice.service.ts';
import { Clock } from '../platform/clock.ts';
import { project } from '../platform/project.ts';
import { Settings } from '../platform/settings.ts';
import { HealthReadingRepository } from './health-reading.repository.ts';
import type { HealthCheck, HealthDetails } from './health.schema.ts';
import {
  blockRulesCheck,
  certificateCheck,
  headroomCheck,
  overallStatus,
  partChecks,
  storageOf,
  thingChecks,
  thingsOf,
  type HealthReport,
  voiceCheck,
} from './health-view.ts';

/** Asking about health must be answered while a database hangs. */
const DATABASE_TIMEOUT_MS = 2000;
/** Anybody may ask, as often as they like; the box looks once a second. */
const FRESH_MS = 1000;
/** A voice that does not speak, and is tried again whenever it is asked for, would keep the box busy. */
const VOICE_HEARD_EVERY_MS = 600_000;

interface Told {
  reports: HealthReport[];
  things: ReturnType<typeof thingsOf>;
  reviewsDue: number;
}

@Injectable()
export class HealthService {
  private last: { at: number; details: Promise<HealthDetails> } | undefined;
  private databaseDownSince: Date | null = null;
  /** Not known until it has spoken, which nobody waits for here. */
  private voice: Voice | null = null;
  private voiceHeardAt: number | undefined;

  constructor(
    private readonly reading: HealthReadingRepository,
    private readonly configuration: ConfigurationVersionRepository,
    private readonly blockRules: BlockRuleSearchRepository,
    private readonly headroom: HeadroomGauge,
    private readonly voices: VoiceChoice,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async details(): Promise<HealthDetails> {
    const at = performance.now();
    if (!this.last || at - this.last.at >= FRESH_MS) this.last = { at, details: this.look() };
    return this.last.details;
  }

  private async look(): Promise<HealthDetails> {
    void this.hearVoice();
    const [told, expiresAt, headroom] = await Promise.all([
      this.askDatabase(),
      expiryOf(join(this.settings.layout.tls, 'server.crt')),
      this.headroom.read(),
    ]);
    const now = this.clock.now();
    const reports = told?.reports ?? [];
    const trunks = thingChecks('trunk', told?.things.trunks ?? [], reports, now);
    const pbx = thingChecks('pbx', told?.things.pbx ?? [], reports, now);
    const checks = [
      this.databaseCheck(told !== null, now),
      // With the database down nothing is known of the others: saying that they are down would be a guess.
      ...(told ? [...partChecks(reports, now), ...blockRulesCheck(told.reviewsDue)] : []),
      headroomCheck(headroom),
      certificateCheck(expiresAt, now),
      ...voiceCheck(this.voice),
    ];
    return {
      status: overallStatus(checks, [...trunks, ...pbx]),
      checks,
      versions: { denwaban: project.version, node: process.versions.node, ...this.settings.endpoints.versions },
      storage: storageOf(headroom),
      trunks,
      pbx: pbx[0] ?? null,
      phones: thingChecks('phone', told?.things.phones ?? [], reports, now),
    };
  }

  private async hearVoice(): Promise<void> {
    const at = performance.now();
    if (this.voiceHeardAt !== undefined && at - this.voiceHeardAt < VOICE_HEARD_EVERY_MS) return;
    this.voiceHeardAt = at;
    this.voice = await this.voices.name().catch(() => null);
  }

  private databaseCheck(reachable: boolean, now: Date): HealthCheck {
    if (reachable) {
      this.databaseDownSince = null;
      return { checkId: 'postgres', status: 'ok', detail: null, since: null };
    }
    this.databaseDownSince ??= now;
    const detail = 'データベースに接続できません。通話と録音は続いています。';
    return { checkId: 'postgres', status: 'down', detail, since: this.databaseDownSince.toISOString() };
  }

  /** @returns null when the database does not answer in time */
  private async askDatabase(): Promise<Told | null> {
    const { promise: tooLate, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(() => resolve(null), DATABASE_TIMEOUT_MS);
    try {
      return await Promise.race([this.readDatabase().catch(() => null), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async readDatabase(): Promise<Told> {
    const [reports, newest, reviewsDue] = await Promise.all([
      this.reading.reports(),
      this.configuration.newest(),
      this.blockRules.reviewsDue(momentAt(this.clock.now())),
    ]);
    return { reports, things: thingsOf(newest?.document ?? null), reviewsDue };
  }
}

async function expiryOf(path: string): Promise<Date | null> {
  try {
    return new Date(new X509Certificate(await readFile(path)).validTo);
  } catch {
    return null;
  }
}
