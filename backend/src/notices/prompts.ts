import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Settings } from '../platform/settings.ts';

const BYTES_PER_MS = 16;

/** The prompts as they lie on disk for Asterisk: signed 16 bit, 8 kHz, without a header. */
@Injectable()
export class Prompts {
  constructor(private readonly settings: Settings) {}

  /** @returns null when there is no such prompt */
  async lengthMs(audio: string): Promise<number | null> {
    try {
      return (await stat(join(this.settings.layout.asteriskPrompts, `${audio}.sln`))).size / BYTES_PER_MS;
    } catch {
      return null;
    }
  }
}
