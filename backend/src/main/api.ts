import 'reflect-metadata';
import { startHttpApplication } from '../platform/http/application.ts';
import { Logger } from '../platform/logging.ts';
import { runProcess } from '../platform/process.ts';
import { readOperatorSettings, Settings } from '../platform/settings.ts';
import { apiProcess } from './api-process.ts';

const logger = new Logger('api');

await runProcess(logger, async () => {
  const settings = new Settings(readOperatorSettings(process.env));
  const api = await startHttpApplication(apiProcess(settings, logger), settings, logger);
  return () => api.close();
});
