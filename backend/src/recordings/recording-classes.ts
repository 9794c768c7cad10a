import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { isMissing } from '../platform/file-errors.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import type { AudioFormat } from './formats/audio-format.ts';
import { RecordingRules } from './recording-class.schema.ts';

const LOSSLESS: AudioFormat = 'flac';

/** What the configuration in force says about recordings, as it stands when it is asked for. */
@Injectable()
export class RecordingClasses {
  constructor(
    private readonly settings: Settings,
    private readonly logger: Logger,
  ) {}

  /** @returns the format in which recordings of a class are sealed; lossless where the configuration cannot be read */
  async formatOf(classId: string): Promise<AudioFormat> {
    try {
      const text = await readFile(this.settings.layout.lastGoodConfiguration, 'utf8');
      const { classes } = z.object({ recordings: RecordingRules }).parse(JSON.parse(text)).recordings;
      return classes.find(({ id }) => id === classId)?.format ?? LOSSLESS;
    } catch (error) {
      if (!isMissing(error)) this.logger.warn({ error: String(error) }, 'classes of recordings cannot be read');
      return LOSSLESS;
    }
  }
}
