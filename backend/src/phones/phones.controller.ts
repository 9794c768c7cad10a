import { Controller } from '@nestjs/common';
import { Route } from '../platform/http/route.ts';
import { PHONE_CODES } from './phone-codes.ts';
import { PhoneCodes } from './phone-codes.schema.ts';

@Controller()
export class PhonesController {
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
