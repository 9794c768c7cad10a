import { Module } from '@nestjs/common';
import { ConfigurationVersionRepository } from './configuration-version.repository.ts';

/** The stored versions alone, for every process. Stands on `PlatformModule`. */
@Module({ providers: [ConfigurationVersionRepository], exports: [ConfigurationVersionRepository] })
export class ConfigurationVersionModule {}
