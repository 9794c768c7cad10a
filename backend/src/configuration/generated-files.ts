import { chmod, chown, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { RenderedConfiguration } from '../asterisk/render-configuration.ts';
import { Settings } from '../platform/settings.ts';
import { syncFolder, writeAndSync } from '../platform/whole-file.ts';
import { ConfigurationDocument } from './configuration.schema.ts';

const NAMES = ['pjsip.conf', 'extensions.conf'] as const;

/**
 * Complaints about configuration. Those of a call (`[C-00000001]`) are none, and neither are most warnings: they come at
 * any time.
 */
const COMPLAINTS = [
  / ERROR\[\d+\] (config|config_options|sorcery|res_sorcery_config|pbx_config)\.c: /,
  / ERROR\[\d+\] (res_pjsip\/\w+|res_pjsip_endpoint_identifier_ip)\.c: /,
  / WARNING\[\d+\] (config|config_options|pbx_config|res_sorcery_config)\.c: /,
];

/** What every reload of `res_pjsip.so` logs in its course (Asterisk 22.10.1, sorcery.c, `sorcery_object_load`). */
const RELOADED = / NOTICE\[\d+\] sorcery\.c: Type 'system' is not reloadable/;
const LOG_EVERY_MS = 50;

/** The generated files on disk. A crash at any moment leaves each file whole, old or new. */
@Injectable()
export class GeneratedFiles {
  /** An Asterisk that logs otherwise is waited for no longer. */
  logWithinMs = 2000;

  constructor(private readonly settings: Settings) {}

  async read(): Promise<RenderedConfiguration> {
    const [pjsip, extensions] = await Promise.all(NAMES.map((name) => this.readOne(name)));
    return { 'pjsip.conf': pjsip ?? '', 'extensions.conf': extensions ?? '' };
  }

  async write(files: RenderedConfiguration): Promise<void> {
    for (const name of NAMES) await this.replace(this.path(name), files[name]);
  }

  /** The document as file, so that calls need no database. */
  async keepLastGood(document: ConfigurationDocument): Promise<void> {
    const path = this.settings.layout.lastGoodConfiguration;
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if ((await readOrNull(path)) !== text) await this.replace(path, text);
  }

  /** @returns null when none has been kept, or what is kept cannot be read any more */
  async lastGood(): Promise<ConfigurationDocument | null> {
    const text = await readOrNull(this.settings.layout.lastGoodConfiguration);
    if (text === null) return null;
    try {
      return ConfigurationDocument.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }

  /**
   * To be called before a reload.
   * @returns what tells, once the reload is over, the errors about configuration that Asterisk has logged meanwhile. It writes its log
   * in a thread of its own, so what it has logged may stand there only after it has answered.
   */
  async watchLog(): Promise<() => Promise<string[]>> {
    const path = join(this.settings.layout.asteriskLog, 'messages.log');
    const from = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    const linesSince = async () => {
      const text = await readFile(path).catch(() => Buffer.alloc(0));
      // Shorter than before: rotated meanwhile.
      const since = text.length < from ? text : text.subarray(from);
      return since.toString('utf8').split('\n');
    };
    return async () => {
      const lines = await this.settled(linesSince);
      return lines.filter((line) => COMPLAINTS.some((complaint) => complaint.test(line)));
    };
  }

  /** The lines of a reload, once no more are added. */
  private async settled(read: () => Promise<string[]>): Promise<string[]> {
    const until = performance.now() + this.logWithinMs;
    let lines = await read();
    for (;;) {
      await sleep(LOG_EVERY_MS);
      const known = lines.length;
      lines = await read();
      const isWhole = lines.length === known && lines.some((line) => RELOADED.test(line));
      if (isWhole || performance.now() >= until) return lines;
    }
  }

  private path(name: (typeof NAMES)[number]): string {
    return join(this.settings.layout.asteriskGenerated, name);
  }

  private async readOne(name: (typeof NAMES)[number]): Promise<string> {
    return (await readOrNull(this.path(name))) ?? '';
  }

  /** Whoever could read the former file (Asterisk's user) can read the new one. */
  private async replace(path: string, text: string): Promise<void> {
    const former = await stat(path).catch(() => null);
    const partial = `${path}.partial`;
    await writeAndSync(partial, text, former?.mode ?? 0o640);
    if (former) {
      await chmod(partial, former.mode);
      if (process.getuid?.() === 0) await chown(partial, former.uid, former.gid);
    }
    await rename(partial, path);
    await syncFolder(dirname(path));
  }
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}
