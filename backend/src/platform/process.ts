import type { Logger } from './logging.ts';

/** What a process tells the starter over the IPC channel. */
export type ProcessReport = { type: 'ready' } | { type: 'first-login'; login: string; password: string };

export function reportToStarter(report: ProcessReport): void {
  process.send?.(report);
}

/** A process that has not stopped by then is in the way of `npm start`'s promise to stop within 10 s. */
const STOP_TIMEOUT_MS = 5000;

/**
 * Runs one of the backend's processes: starts, says so, and stops cleanly on SIGTERM, SIGINT or when the starter is
 * gone (its IPC channel closes), so that a killed starter leaves no process behind.
 * @param start brings the process up and returns what takes it down
 */
export async function runProcess(logger: Logger, start: () => Promise<() => Promise<void>>): Promise<void> {
  process.on('unhandledRejection', (error) => {
    logger.error({ error: error instanceof Error ? error.stack : String(error) }, 'unhandled rejection');
    process.exit(1);
  });
  process.on('uncaughtException', (error) => {
    logger.error({ error: error.stack }, 'uncaught exception');
    process.exit(1);
  });

  let stop: (() => Promise<void>) | undefined;
  let stopping = false;
  const shutDown = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    (stop?.() ?? Promise.resolve()).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error: String(error) }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', shutDown);
  process.on('SIGINT', shutDown);
  process.on('disconnect', shutDown);

  try {
    stop = await start();
  } catch (error) {
    logger.error({ error: error instanceof Error ? error.stack : String(error) }, 'could not start');
    process.exit(1);
  }
  reportToStarter({ type: 'ready' });
}
