import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { HealthReadingRepository } from '../health/health-reading.repository.ts';
import { stateOfThing } from '../health/health-view.ts';
import { Clock } from '../platform/clock.ts';
import { NotFoundError } from '../platform/errors.ts';
import { Settings } from '../platform/settings.ts';
import { PhoneStateName, type PhoneSettings, type PhoneStates } from './phone-state.schema.ts';

/** pjsip.conf, denwaban-phone-aor */
const REGISTRATION_SECONDS = 600;

export interface SettingsRequest {
  phoneId: string;
  /** Under which name the box was asked; told where it listens at every address. */
  askedAt: string;
  userId: string;
  remoteAddress: string | null;
}

/** How phones are, and what has to be typed into them. */
@Injectable()
export class PhoneSettingsService {
  constructor(
    private readonly versions: ConfigurationVersionRepository,
    private readonly reading: HealthReadingRepository,
    private readonly audit: AuditTrail,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async states(): Promise<PhoneStates> {
    const [newest, reports] = await Promise.all([this.versions.newest(), this.reading.reports()]);
    const now = this.clock.now();
    const { phones: all = [], desks = [] } = newest?.document ?? {};
    const phones = all.map(({ id, name, extension, type }) => {
      const { state, since } = stateOfThing(`phone:${id}`, reports, now);
      const ringing = desks.filter(({ members }) => members.includes(id));
      return {
        ...{ id, name, extension, type, since, state: PhoneStateName.catch('unknown').parse(state) },
        desks: ringing.map(({ id, name }) => ({ id, name })),
      };
    });
    return { phones };
  }

  /**
   * With the phone's password, which is why it is audited before anything is told.
   * @throws NotFoundError also for phones behind the pbx, which have no settings of ours
   */
  async settingsOf({ phoneId, askedAt, userId, remoteAddress }: SettingsRequest): Promise<PhoneSettings> {
    const phone = (await this.versions.newest())?.document.phones.find(({ id }) => id === phoneId);
    if (phone?.type !== 'sip') throw new NotFoundError();
    await this.audit.record({ userId, action: 'phone.settings', subject: phoneId, remoteAddress });
    const { DENWABAN_SIP_BIND, DENWABAN_SIP_PORT, DENWABAN_SIPS_PORT } = this.settings.operator;
    const transport = phone.transport ?? 'udp';
    return {
      name: phone.name,
      server: DENWABAN_SIP_BIND === '0.0.0.0' ? askedAt : DENWABAN_SIP_BIND,
      port: transport === 'tls' ? (DENWABAN_SIPS_PORT ?? 5061) : DENWABAN_SIP_PORT,
      transport,
      user: phone.extension,
      password: phone.secret,
      media: transport === 'tls' ? 'srtp' : 'rtp',
      codecs: ['PCMU', 'PCMA'],
      registrationSeconds: REGISTRATION_SECONDS,
    };
  }
}
