import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { type Asked, Route } from '../platform/http/route.ts';
import { Identifier } from '../platform/schema.ts';
import { freshSecret } from '../platform/secret.schema.ts';
import { PHONE_CODES } from './phone-codes.ts';
import { PhoneCodes } from './phone-codes.schema.ts';
import { PhoneSettingsService } from './phone-settings.service.ts';
import { FreshSecret, PhoneSettings, PhoneStates } from './phone-state.schema.ts';

const PhoneId = z.object({ id: Identifier });

@Controller()
export class PhonesController {
  constructor(private readonly phones: PhoneSettingsService) {}

  @Route({
    method: 'get',
    path: '/phones',
    access: 'health.read',
    summary: 'Which phones are registered, and since when',
    response: PhoneStates,
  })
  async listPhones(): Promise<PhoneStates> {
    return this.phones.states();
  }

  @Route({
    method: 'post',
    path: '/phones/secret',
    access: 'configuration.write',
    summary: 'A fresh password, to be put into the configuration of a phone; nothing is kept of it',
    response: FreshSecret,
  })
  makePhoneSecret(): FreshSecret {
    return { secret: freshSecret() };
  }

  @Route({
    method: 'get',
    path: '/phones/:id/settings',
    access: 'phones.settings',
    summary: 'What has to be typed into a phone, its password among it; audited',
    params: PhoneId,
    response: PhoneSettings,
  })
  async readPhoneSettings({
    params,
    who,
    request,
    remoteAddress,
  }: Asked & { params: z.infer<typeof PhoneId> }): Promise<PhoneSettings> {
    const { userId } = who;
    return this.phones.settingsOf({ phoneId: params.id, askedAt: request.hostname, userId, remoteAddress });
  }

  @Route({
    method: 'get',
    path: '/phone-codes',
    access: 'session',
    summary: 'Codes that staff press on a phone, during a conversation or before',
    response: PhoneCodes,
  })
  listPhoneCodes(): PhoneCodes {
    return { codes: [...PHONE_CODES] };
  }
}
