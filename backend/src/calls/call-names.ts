import { readFile, stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { Settings } from '../platform/settings.ts';
import type { NamesById } from './reduce-journal.ts';

type Named = readonly { id: string; name: string }[];

const namesOf = (things: Named) => new Map(things.map(({ id, name }) => [id, name]));

/** @returns names of the things in a configuration document; nothing is known without one */
export function namesIn(
  document: Pick<
    ConfigurationDocument,
    'trunks' | 'lines' | 'desks' | 'phones' | 'schedules' | 'notices' | 'recordings'
  > | null,
): NamesById {
  const trunks = namesOf(document?.trunks ?? []);
  const notices = namesOf(document?.notices ?? []);
  const lines = namesOf(document?.lines ?? []);
  const desks = namesOf(document?.desks ?? []);
  const phones = namesOf(document?.phones ?? []);
  const schedules = namesOf(document?.schedules ?? []);
  const recordingRules = namesOf(document?.recordings.rules ?? []);
  return {
    trunk: (id) => trunks.get(id) ?? null,
    notice: (id) => notices.get(id) ?? null,
    line: (id) => lines.get(id) ?? null,
    desk: (id) => desks.get(id) ?? null,
    phone: (id) => phones.get(id) ?? null,
    schedule: (id) => schedules.get(id) ?? null,
    recordingRule: (id) => recordingRules.get(id) ?? null,
  };
}

/** Names from the configuration that is in force in Asterisk, which is kept as a file and so needs no database. */
@Injectable()
export class CallNames {
  private readFrom = '';
  private names = namesIn(null);

  constructor(private readonly settings: Settings) {}

  /** Reads the file again only when it has changed. A missing or broken file leaves the names as they were. */
  async current(): Promise<NamesById> {
    const path = this.settings.layout.lastGoodConfiguration;
    try {
      const { ino, mtimeMs, size } = await stat(path);
      const version = `${ino}/${mtimeMs}/${size}`;
      if (version === this.readFrom) return this.names;
      this.names = namesIn(ConfigurationDocument.parse(JSON.parse(await readFile(path, 'utf8'))));
      this.readFrom = version;
    } catch {
      return this.names;
    }
    return this.names;
  }
}
