import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { type Asked, Route } from '../platform/http/route.ts';
import { ConfigurationHistory } from './configuration-history.service.ts';
import { tag, versionOf } from './configuration.controller.ts';
import { ConfigurationDifference, ConfigurationHistoryPage, ConfigurationVersion } from './configuration.schema.ts';

const Version = z.coerce.number().int().min(0).max(999_999_999);
const VersionParams = z.object({ version: Version });
const DifferenceParams = z.object({ from: Version, to: Version });

@Controller()
export class ConfigurationHistoryController {
  constructor(private readonly history: ConfigurationHistory) {}

  @Route({
    method: 'get',
    path: '/configuration/versions',
    access: 'configuration.read',
    summary: 'The newest versions of the configuration, newest first, without their documents',
    response: ConfigurationHistoryPage,
  })
  async listConfigurationVersions(): Promise<ConfigurationHistoryPage> {
    return this.history.page(null);
  }

  @Route({
    method: 'get',
    path: '/configuration/versions/before/:version',
    access: 'configuration.read',
    summary: 'The same, older than a version: `nextBefore` of the page before',
    params: VersionParams,
    response: ConfigurationHistoryPage,
  })
  async listEarlierConfigurationVersions({
    params,
  }: Asked & { params: z.output<typeof VersionParams> }): Promise<ConfigurationHistoryPage> {
    return this.history.page(params.version);
  }

  @Route({
    method: 'get',
    path: '/configuration/versions/:version',
    access: 'configuration.read',
    summary: 'One version of the configuration',
    params: VersionParams,
    response: ConfigurationVersion,
  })
  async readConfigurationVersion({
    params,
  }: Asked & { params: z.output<typeof VersionParams> }): Promise<ConfigurationVersion> {
    return this.history.find(params.version);
  }

  @Route({
    method: 'get',
    path: '/configuration/versions/:from/diff/:to',
    access: 'configuration.read',
    summary: 'What leads from one version to another; secrets are hidden. Version 0 is the empty one',
    params: DifferenceParams,
    response: ConfigurationDifference,
  })
  async compareConfigurationVersions({
    params,
  }: Asked & { params: z.output<typeof DifferenceParams> }): Promise<ConfigurationDifference> {
    return this.history.difference(params.from, params.to);
  }

  @Route({
    method: 'post',
    path: '/configuration/versions/:version/revert',
    access: 'configuration.write',
    summary: 'Make the document of an earlier version the newest one; answers whether Asterisk has taken it over',
    params: VersionParams,
    headers: { 'If-Match': 'ETag of the configuration that is replaced; refused when another became the newest' },
    response: ConfigurationVersion,
  })
  async revertConfiguration({
    params,
    who,
    request,
    reply,
    remoteAddress,
  }: Asked & { params: z.output<typeof VersionParams> }): Promise<ConfigurationVersion> {
    const onTopOf = versionOf(request.headers['if-match']);
    const reversion = { version: params.version, onTopOf, userId: who.userId, remoteAddress };
    const reverted = await this.history.revert(reversion);
    tag(reply, reverted);
    return reverted;
  }
}
