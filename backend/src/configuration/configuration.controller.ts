import { Controller } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { InvalidInputError } from '../platform/errors.ts';
import { type Asked, Route } from '../platform/http/route.ts';
import { ConfigurationDocument, ConfigurationVersion } from './configuration.schema.ts';
import { ConfigurationService } from './configuration.service.ts';

/** Made of the shape anew: the document's own schema would stand as a reference to itself at the top. */
const SCHEMA: Record<string, unknown> = z.toJSONSchema(z.strictObject(ConfigurationDocument.shape), { io: 'input' });

/**
 * @param ifMatch RFC 9110 13.1.1; `*` and nothing mean: whatever is newest
 * @returns the version it names
 */
export function versionOf(ifMatch: string | undefined): number | null {
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  const version = /^\s*"(\d{1,9})"\s*$/.exec(ifMatch)?.[1];
  if (version !== undefined) return Number(version);
  throw new InvalidInputError([{ path: '/If-Match', message: 'If-Match には GET で得た ETag を指定してください' }]);
}

export const tag = (reply: Response, { version }: ConfigurationVersion) => reply.setHeader('etag', `"${version}"`);

@Controller()
export class ConfigurationController {
  constructor(private readonly configuration: ConfigurationService) {}

  @Route({
    method: 'get',
    path: '/configuration',
    access: 'configuration.read',
    summary: 'The newest configuration and what became of it; ETag for changing it',
    response: ConfigurationVersion,
  })
  async readConfiguration({ reply }: Asked): Promise<ConfigurationVersion> {
    const newest = await this.configuration.newest();
    tag(reply, newest);
    return newest;
  }

  @Route({
    method: 'put',
    path: '/configuration',
    access: 'configuration.write',
    summary: 'Replace the whole configuration; answers whether Asterisk has taken it over',
    headers: { 'If-Match': 'ETag of the configuration that was changed; refused when another became the newest' },
    body: ConfigurationDocument,
    response: ConfigurationVersion,
  })
  async replaceConfiguration({
    body,
    who,
    request,
    reply,
    remoteAddress,
  }: Asked & { body: ConfigurationDocument }): Promise<ConfigurationVersion> {
    const onTopOf = versionOf(request.headers['if-match']);
    const changed = await this.configuration.change({ document: body, onTopOf, userId: who.userId, remoteAddress });
    tag(reply, changed);
    return changed;
  }

  @Route({
    method: 'get',
    path: '/configuration/schema',
    access: 'configuration.read',
    summary: 'JSON Schema of the configuration document',
    response: z.record(z.string(), z.unknown()),
  })
  readConfigurationSchema(): Record<string, unknown> {
    return SCHEMA;
  }
}
