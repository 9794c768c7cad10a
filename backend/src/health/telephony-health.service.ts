import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { AmiCommands } from '../asterisk/ami-commands.ts';
import { AriCommands } from '../asterisk/ari-commands.ts';
import { RecorderWatch } from '../calls/recorder-watch.service.ts';
import { ConfigurationInForce } from '../configuration/configuration-in-force.ts';
import { NoticeAudioKeeper } from '../notices/notice-audio-keeper.service.ts';
import { MessageSender } from '../platform/messages.ts';
import { Settings } from '../platform/settings.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { refusalsIn } from '../trunks/trunk-state.ts';
import { HealthReportRepository } from './health-report.repository.ts';
import { isOfThing } from './health-view.ts';
import {
  asteriskFinding,
  type EndpointFacts,
  endpointFindings,
  type Finding,
  noticeAudioFinding,
  peersOf,
  spoolFinding,
  telephonyFinding,
} from './telephony-findings.ts';

const LOG_TAIL_LENGTH = 65_536;
const REPORT_EVERY_MS = 5000;
/** What is wrong should be known to be over as soon as it is, e.g. after a restart. */
const REPORT_WHILE_UNWELL_MS = 1000;

/** Reports what only the telephony process sees. A report that cannot be stored is dropped: the next one follows. */
@Injectable()
export class TelephonyHealth implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stalls: Subscription | undefined;
  private stopped = false;

  constructor(
    private readonly ari: AriCommands,
    private readonly ami: AmiCommands,
    private readonly recorders: RecorderWatch,
    private readonly configuration: ConfigurationInForce,
    private readonly noticeAudio: NoticeAudioKeeper,
    private readonly settings: Settings,
    private readonly reports: HealthReportRepository,
    private readonly messages: MessageSender,
  ) {}

  onApplicationBootstrap(): void {
    // Does not wait for its turn: something of a conversation is being lost.
    this.stalls = this.recorders.stalled$.subscribe(() => {
      const { checkId, status, detail } = this.ownFinding();
      void this.reports.report(checkId, status, detail).catch(() => undefined);
    });
    void this.report();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.stalls?.unsubscribe();
    clearTimeout(this.timer);
  }

  private async report(): Promise<void> {
    let nextMs = REPORT_WHILE_UNWELL_MS;
    try {
      const findings = await this.look();
      await this.tell(findings);
      if (findings.every(({ checkId, status }) => status === 'ok' || isOfThing(checkId))) nextMs = REPORT_EVERY_MS;
    } catch {
      // Health of the database is the api process's to tell.
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.report(), nextMs);
  }

  private async tell(findings: readonly Finding[]): Promise<void> {
    let peersChanged = false;
    for (const { checkId, status, detail, ...state } of findings) {
      const changed = await this.reports.report(checkId, status, detail, state);
      peersChanged ||= changed && /^(trunk|pbx):/.test(checkId);
    }
    // Whoever watches should know at once: without trunks the office cannot be called, without the pbx nobody behind it can answer.
    if (peersChanged) await this.messages.send({ kind: 'health' });
  }

  private ownFinding(): Finding {
    const { error: configurationError } = this.configuration;
    return telephonyFinding({ failingRecorders: this.recorders.failing, configurationError });
  }

  private async look(): Promise<Finding[]> {
    const { document } = this.configuration;
    const [version, facts, spool] = await Promise.all([
      this.ari.version().catch(() => null),
      this.endpointFacts(document).catch(() => null),
      statfs(this.settings.layout.spool).catch(() => null),
    ]);
    return [
      this.ownFinding(),
      asteriskFinding(version, facts !== null),
      noticeAudioFinding(this.noticeAudio.lost),
      ...(document && facts ? endpointFindings(document, facts) : []),
      ...(spool ? [spoolFinding(spool.bavail * spool.bsize, this.recorders.size)] : []),
    ];
  }

  private async endpointFacts(document: ConfigurationDocument | null): Promise<EndpointFacts> {
    const [contacts, registrations] = await Promise.all([
      this.ami.contacts(document ? peersOf(document) : []),
      this.ami.registrations(),
    ]);
    const refused = registrations.some(({ status }) => status !== 'Registered');
    return { contacts, registrations, refusals: refused ? refusalsIn(await this.endOfLog()) : new Map() };
  }

  /** Why a registrar refuses stands nowhere else. */
  private async endOfLog(): Promise<string> {
    const path = join(this.settings.layout.asteriskLog, 'messages.log');
    const text = await readFile(path, 'utf8').catch(() => '');
    return text.slice(-LOG_TAIL_LENGTH);
  }
}
