import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../platform/errors.ts';
import type { ConfigurationVersionEntity } from './configuration.entity.ts';
import type {
  ConfigurationDifference,
  ConfigurationDocument,
  ConfigurationHistoryPage,
  ConfigurationVersion,
} from './configuration.schema.ts';
import { ConfigurationService, NOTHING_CONFIGURED, toConfigurationVersion } from './configuration.service.ts';
import { ConfigurationVersionRepository } from './configuration-version.repository.ts';
import { documentChanges } from './document-changes.ts';

const PAGE_SIZE = 50;

export interface Reversion {
  version: number;
  /** The version that is replaced; null = whatever is newest. */
  onTopOf: number | null;
  userId: string;
  remoteAddress: string | null;
}

function withoutDocument(entity: ConfigurationVersionEntity): ConfigurationHistoryPage['versions'][number] {
  const { version, createdAt, createdBy, applied, appliedError } = toConfigurationVersion(entity);
  return { version, createdAt, createdBy, applied, appliedError };
}

/** Versions of the configuration: which there were, what differs, and back to one of them. */
@Injectable()
export class ConfigurationHistory {
  constructor(
    private readonly versions: ConfigurationVersionRepository,
    private readonly configuration: ConfigurationService,
  ) {}

  /** @param before only older ones; null = from the newest */
  async page(before: number | null): Promise<ConfigurationHistoryPage> {
    const found = await this.versions.older(before, PAGE_SIZE + 1);
    const page = found.slice(0, PAGE_SIZE);
    const versions = page.map(withoutDocument);
    return { versions, nextBefore: found.length > PAGE_SIZE ? (page.at(-1)?.version ?? null) : null };
  }

  /** @throws NotFoundError */
  async find(version: number): Promise<ConfigurationVersion> {
    if (version === NOTHING_CONFIGURED.version) return NOTHING_CONFIGURED;
    return toConfigurationVersion(await this.entity(version));
  }

  /** @throws NotFoundError */
  async difference(from: number, to: number): Promise<ConfigurationDifference> {
    const [before, after] = await Promise.all([this.stored(from), this.stored(to)]);
    return { from, to, changes: documentChanges(before, after) };
  }

  /**
   * Makes an earlier version's document the newest one again; what was in between stays in the history.
   * @throws NotFoundError; ConfigurationInvalidError when it names what is no longer there, ConfigurationChangedMeanwhileError
   */
  async revert({ version, ...change }: Reversion): Promise<ConfigurationVersion> {
    const document = await this.stored(version);
    return this.configuration.change({ document, ...change, revertedTo: version });
  }

  /** With its secrets: whether they differ is told, and an earlier version comes back with its own. */
  private async stored(version: number): Promise<ConfigurationDocument> {
    if (version === NOTHING_CONFIGURED.version) return NOTHING_CONFIGURED.document;
    return (await this.entity(version)).document;
  }

  private async entity(version: number): Promise<ConfigurationVersionEntity> {
    const entity = await this.versions.byVersion(version);
    if (!entity) throw new NotFoundError();
    return entity;
  }
}
