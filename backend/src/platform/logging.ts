import type { LoggerService } from '@nestjs/common';
import { type Logger as PinoLogger, pino } from 'pino';

/**
 * JSON lines on standard output. Telephone numbers, names and secrets are not logged: log ids.
 * Serves Nest as its logger too.
 */
export class Logger implements LoggerService {
  private readonly pino: PinoLogger;

  constructor(processName: string, level = 'info') {
    this.pino = pino({ base: { process: processName }, level, timestamp: pino.stdTimeFunctions.isoTime });
  }

  info(fields: Record<string, unknown>, message: string): void {
    this.pino.info(fields, message);
  }

  warn(fields: Record<string, unknown> | string, message?: unknown): void {
    if (typeof fields === 'string') this.pino.warn({ context: message }, fields);
    else this.pino.warn(fields, String(message));
  }

  error(fields: Record<string, unknown> | string, message?: unknown): void {
    if (typeof fields === 'string') this.pino.error({ context: message }, fields);
    else this.pino.error(fields, String(message));
  }

  /** Nest's own chatter (one line per route at start) goes to debug. */
  log(message: string, context?: unknown): void {
    this.pino.debug({ context }, message);
  }
}
