import { readFile } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { BehaviorSubject, type Observable } from 'rxjs';
import type { Line } from '../lines/line.schema.ts';
import { isMissing } from '../platform/file-errors.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { ConfigurationDocument } from './configuration.schema.ts';

/** The document by which Asterisk works at the moment. Kept as a file as well, so that calls need no database. */
@Injectable()
export class ConfigurationInForce implements OnModuleInit {
  private readonly state = new BehaviorSubject<ConfigurationDocument | null>(null);

  /** Why the newest version is not in force; null when it is. */
  error: string | null = null;

  readonly document$: Observable<ConfigurationDocument | null> = this.state.asObservable();

  constructor(
    private readonly settings: Settings,
    private readonly logger: Logger,
  ) {}

  get document(): ConfigurationDocument | null {
    return this.state.value;
  }

  /** Takes the document that was in force when the process last ran; none on a new box. */
  async onModuleInit(): Promise<void> {
    const path = this.settings.layout.lastGoodConfiguration;
    try {
      this.state.next(ConfigurationDocument.parse(JSON.parse(await readFile(path, 'utf8'))));
    } catch (error) {
      if (isMissing(error)) this.logger.info({}, 'no last good configuration yet');
      else this.logger.error({ error: String(error) }, 'last good configuration cannot be read');
    }
  }

  replace(document: ConfigurationDocument): void {
    this.state.next(document);
  }

  line(id: string): Line | null {
    return this.document?.lines.find((line) => line.id === id) ?? null;
  }
}
