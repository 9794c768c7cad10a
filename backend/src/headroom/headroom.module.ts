import { Module } from '@nestjs/common';
import { HeadroomGauge } from './headroom-gauge.service.ts';
import { HeadroomKeeper } from './headroom-keeper.service.ts';
import { RecordingRateRepository } from './recording-rate.repository.ts';

/** The room for recordings, for those who ask. Stands on `PlatformModule`. */
@Module({ providers: [HeadroomGauge, RecordingRateRepository], exports: [HeadroomGauge] })
export class HeadroomModule {}

/** The same, and the reserve: for one process of the box. */
@Module({ imports: [HeadroomModule], providers: [HeadroomKeeper] })
export class HeadroomKeepingModule {}
