import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AsteriskUnreachableError } from '../asterisk/asterisk.errors.ts';
import { AsteriskReload } from '../asterisk/asterisk-reload.port.ts';
import { expectedObjects, renderConfiguration } from '../asterisk/render-configuration.ts';
import { changedLogins } from '../trunks/changed-logins.ts';
import { findConfigurationProblems } from './configuration-problems.ts';
import type { ConfigurationDocument, ConfigurationProblem } from './configuration.schema.ts';
import { GeneratedFiles } from './generated-files.ts';

const VERIFY_EVERY_MS = 50;

/** The document was not put in force; what was in force before still is, unless `restored` says otherwise. */
export class ConfigurationNotAppliedError extends Error {
  constructor(
    readonly reasons: readonly string[],
    readonly restored: boolean,
  ) {
    super(reasons.join('; '));
    this.name = 'ConfigurationNotAppliedError';
  }
}

/** The document has problems that validation before saving should have found. */
export class ConfigurationUnfitError extends Error {
  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(problems.map(({ path, problemId }) => `${path}: ${problemId}`).join('; '));
    this.name = 'ConfigurationUnfitError';
  }
}

/** Puts a configuration document in force in Asterisk, or leaves everything as it was. One at a time. */
@Injectable()
export class ConfigurationApplier {
  /** Asterisk may answer a reload before the last object stands. */
  verifyWithinMs = 2000;

  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly asterisk: AsteriskReload,
    private readonly files: GeneratedFiles,
  ) {}

  /**
   * Writes the generated files, makes Asterisk read them and verifies that it did; else puts the former files back. What
   * is in force already is only verified. In the end the document is kept as the last good one.
   * @throws ConfigurationUnfitError, ConfigurationNotAppliedError; AsteriskUnreachableError when Asterisk could not be
   * asked, which says nothing about the document
   */
  apply(document: ConfigurationDocument): Promise<void> {
    const mine = this.turn.then(() => this.applyNow(document));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async applyNow(document: ConfigurationDocument): Promise<void> {
    const problems = findConfigurationProblems(document);
    if (problems.length > 0) throw new ConfigurationUnfitError(problems);
    const wanted = renderConfiguration(document);
    const former = await this.files.read();
    const unchanged =
      wanted['pjsip.conf'] === former['pjsip.conf'] && wanted['extensions.conf'] === former['extensions.conf'];
    if (!unchanged || (await this.missing(document)).length > 0) {
      try {
        if (!unchanged) await this.files.write(wanted);
        await this.reload(document);
      } catch (error) {
        const restored = unchanged || (await this.restore(former));
        if (error instanceof AsteriskUnreachableError) throw error;
        throw new ConfigurationNotAppliedError(reasonsOf(error), restored);
      }
    }
    // Compared with what was in force to the end: killed in between, it is done at the next start.
    await this.asterisk.registerAnew(changedLogins(document, await this.files.lastGood()));
    await this.files.keepLastGood(document);
  }

  private async reload(document: ConfigurationDocument): Promise<void> {
    const logged = await this.files.watchLog();
    await this.asterisk.reload();
    const until = performance.now() + this.verifyWithinMs;
    let missing = await this.missing(document);
    while (missing.length > 0 && performance.now() < until) {
      await sleep(VERIFY_EVERY_MS);
      missing = await this.missing(document);
    }
    const reasons = [...(await logged()), ...missing];
    if (reasons.length > 0) throw new ConfigurationNotAppliedError(reasons, false);
  }

  /** What Asterisk lacks, and endpoints it has too many. */
  private async missing(document: ConfigurationDocument): Promise<string[]> {
    const expected = expectedObjects(document);
    const endpoints = new Set(await this.asterisk.endpoints());
    const contexts = new Set(await this.asterisk.contexts());
    return [
      ...expected.endpoints.filter((name) => !endpoints.has(name)).map((name) => `endpoint ${name} is missing`),
      ...expected.contexts.filter((name) => !contexts.has(name)).map((name) => `context ${name} is missing`),
      ...[...endpoints]
        .filter((name) => !expected.endpoints.includes(name))
        .map((name) => `endpoint ${name} is still there`),
    ];
  }

  private async restore(former: Awaited<ReturnType<GeneratedFiles['read']>>): Promise<boolean> {
    try {
      await this.files.write(former);
      await this.asterisk.reload();
      return true;
    } catch {
      return false;
    }
  }
}

const reasonsOf = (error: unknown): readonly string[] =>
  error instanceof ConfigurationNotAppliedError ? error.reasons : [String(error)];
