import { Module } from '@nestjs/common';
import { PhonesController } from './phones.controller.ts';

/** Phones as the API shows them. */
@Module({ controllers: [PhonesController] })
export class PhonesModule {}
