type Parameter = [name: string, paramType: 'path' | 'query' | 'body'];

const operation = (
  httpMethod: string,
  nickname: string,
  parameters: Parameter[] = [],
  responseClass = httpMethod === 'GET' ? 'object' : 'void',
) => ({
  httpMethod,
  nickname,
  responseClass,
  parameters: parameters.map(([name, paramType]) => ({ name, paramType, dataType: 'string', required: false })),
});

const CHANNEL: Parameter = ['channelId', 'path'];

const RESOURCES: Record<string, Record<string, ReturnType<typeof operation>[]>> = {
  applications: {
    '/applications/{applicationName}/eventFilter': [
      operation('PUT', 'filter', [
        ['applicationName', 'path'],
        ['filter', 'body'],
      ]),
    ],
  },
  asterisk: { '/asterisk/info': [operation('GET', 'getInfo', [['only', 'query']])] },
  channels: {
    '/channels': [operation('GET', 'list')],
    '/channels/{channelId}/continue': [
      operation('POST', 'continueInDialplan', [
        CHANNEL,
        ['context', 'query'],
        ['extension', 'query'],
        ['priority', 'query'],
      ]),
    ],
    '/channels/{channelId}/variable': [operation('GET', 'getChannelVar', [CHANNEL, ['variable', 'query']])],
    '/channels/{channelId}/play/{playbackId}': [
      operation('POST', 'playWithId', [CHANNEL, ['playbackId', 'path'], ['media', 'query']]),
    ],
  },
  events: {
    '/events/claim': [
      operation('POST', 'claimChannel', [
        ['channelId', 'query'],
        ['application', 'query'],
      ]),
    ],
  },
};

/** The API documents that the operations in use need, in the form in which Asterisk serves them. */
export function fakeApiDocs(basePath: string): Record<string, unknown> {
  const names = Object.keys(RESOURCES);
  const documents = names.map((name) => [
    `/api-docs/${name}.json`,
    {
      swaggerVersion: '1.1',
      basePath,
      resourcePath: `/api-docs/${name}.{format}`,
      apis: Object.entries(RESOURCES[name] ?? {}).map(([path, operations]) => ({ path, operations })),
      models: {},
    },
  ]);
  const list = {
    swaggerVersion: '1.1',
    basePath,
    apis: names.map((name) => ({ path: `/api-docs/${name}.{format}`, description: name })),
  };
  return { '/api-docs/resources.json': list, ...(Object.fromEntries(documents) as Record<string, unknown>) };
}
