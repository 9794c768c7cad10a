import { Injectable } from '@nestjs/common';
import { filter, firstValueFrom, of, ReplaySubject, take, timeout } from 'rxjs';
import { MessageReceiver, MessageSender } from '../platform/messages.ts';
import { Settings } from '../platform/settings.ts';
import { findConfigurationProblems } from './configuration-problems.ts';
import { ConfigurationChangedMeanwhileError, ConfigurationInvalidError } from './configuration.errors.ts';
import type { ConfigurationVersionEntity } from './configuration.entity.ts';
import type { ConfigurationDocument, ConfigurationProblem, ConfigurationVersion } from './configuration.schema.ts';
import { defaultConfiguration } from './default-configuration.ts';
import { withKeptSecrets, withoutSecrets } from './document-secrets.ts';
import { ConfigurationVersionRepository } from './configuration-version.repository.ts';

/** How long a change waits to hear what became of it in Asterisk. Not hearing is no failure: `applied` is then null. */
const APPLY_TIMEOUT_MS = 5000;

/** Before anything has been configured. */
export const NOTHING_CONFIGURED: ConfigurationVersion = {
  version: 0,
  document: defaultConfiguration(),
  createdAt: new Date(0).toISOString(),
  createdBy: null,
  applied: null,
  appliedError: null,
};

/** As it is told: without secrets. */
export const toConfigurationVersion = (entity: ConfigurationVersionEntity): ConfigurationVersion => ({
  version: entity.version,
  document: withoutSecrets(entity.document),
  createdAt: entity.createdAt.toISOString(),
  createdBy: entity.createdBy,
  applied: entity.applied,
  appliedError: entity.appliedError,
});

export interface ConfigurationChange {
  document: ConfigurationDocument;
  /** The version the change was made from; null = on top of whatever is newest. */
  onTopOf: number | null;
  userId: string;
  remoteAddress: string | null;
  /** The version whose document it is, if it is an earlier one's. */
  revertedTo?: number;
}

@Injectable()
export class ConfigurationService {
  constructor(
    private readonly versions: ConfigurationVersionRepository,
    private readonly sender: MessageSender,
    private readonly receiver: MessageReceiver,
    private readonly settings: Settings,
  ) {}

  async newest(): Promise<ConfigurationVersion> {
    const newest = await this.versions.newest();
    return newest ? toConfigurationVersion(newest) : NOTHING_CONFIGURED;
  }

  /**
   * Stores a version, with the former one's secrets where it says `KEPT_SECRET`, and tells telephony, then waits a little for
   * what becomes of it.
   * @throws ConfigurationInvalidError, ConfigurationChangedMeanwhileError; nothing is stored then
   */
  async change(change: ConfigurationChange): Promise<ConfigurationVersion> {
    const settled = new ReplaySubject<number>();
    const subscription = this.receiver.messages$.subscribe((message) => {
      if (message.kind === 'configuration-applied') settled.next(message.version);
    });
    try {
      const { version } = await this.store(change);
      await this.sender.send({ kind: 'configuration', version });
      await firstValueFrom(
        settled.pipe(
          filter((settledVersion) => settledVersion >= version),
          take(1),
          timeout({ first: APPLY_TIMEOUT_MS, with: () => of(null) }),
        ),
      );
      const entity = await this.versions.byVersion(version);
      if (!entity) throw new Error(`configuration version ${version} has vanished`);
      return toConfigurationVersion(entity);
    } finally {
      subscription.unsubscribe();
    }
  }

  private tlsProblems({ phones }: ConfigurationDocument): ConfigurationProblem[] {
    if (this.settings.operator.DENWABAN_SIPS_PORT !== undefined) return [];
    return phones.flatMap((phone, index) =>
      phone.type === 'sip' && phone.transport === 'tls'
        ? {
            path: `/phones/${index}/transport`,
            problemId: 'tls-not-enabled',
            message: `電話機「${phone.name}」はTLSで接続する設定ですが、この装置ではTLSを使えません。環境設定 DENWABAN_SIPS_PORT を指定して起動し直すか、接続方式をUDPにしてください。`,
          }
        : [],
    );
  }

  private async store(change: ConfigurationChange): Promise<ConfigurationVersionEntity> {
    const { userId, onTopOf, remoteAddress, revertedTo } = change;
    const detail = { onTopOf, ...(revertedTo !== undefined && { revertedTo }) };
    const act = { userId, action: 'configuration.change', detail, remoteAddress } as const;
    for (;;) {
      const former = (await this.versions.newest()) ?? NOTHING_CONFIGURED;
      const document = withKeptSecrets(change.document, former.document);
      const problems = [...findConfigurationProblems(document), ...this.tlsProblems(document)];
      if (problems.length > 0) throw new ConfigurationInvalidError(problems);
      // Nobody else's change may come in between: the secrets that are kept would be those from before it.
      const added = await this.versions.add(document, userId, onTopOf ?? former.version, act);
      if (added) return added;
      if (onTopOf !== null) throw new ConfigurationChangedMeanwhileError((await this.newest()).version);
    }
  }
}
