/** SQLSTATE class 08: connection exception. */
const CONNECTION_EXCEPTION = /^08...$/;
const UNREACHABLE_SYSCALL = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH']);
/** pg and pg-pool have no codes for these. */
const UNREACHABLE_MESSAGE =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Driver not Connected|No metadata for ".*" was found)/;
const UNREACHABLE_NAME = new Set([
  'ConnectionIsNotSetError',
  'CannotExecuteNotConnectedError',
  'DriverNotConnectedError',
]);

const field = (error: object, name: string): unknown => (error as Record<string, unknown>)[name];

/** Whether an error means "the database cannot be reached", as opposed to "the database refused the statement". */
export function isDatabaseUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (UNREACHABLE_NAME.has(error.name) || UNREACHABLE_MESSAGE.test(error.message)) return true;
  const driverError = field(error, 'driverError');
  if (driverError !== undefined && driverError !== error) return isDatabaseUnreachable(driverError);
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnreachable);
  // A FATAL error ends the connection or refuses it: shutting down, starting up, too many connections.
  if (field(error, 'severity') === 'FATAL') return true;
  const code = field(error, 'code');
  if (typeof code !== 'string') return false;
  const fromSocket = field(error, 'syscall') === 'connect' || field(error, 'syscall') === 'read';
  return CONNECTION_EXCEPTION.test(code) || (fromSocket && UNREACHABLE_SYSCALL.has(code));
}

/** SQLSTATE query_canceled: Postgres gave a statement up after the time that it may take. */
export const isStatementTimeout = (error: unknown): boolean =>
  error instanceof Error && field(error, 'code') === '57014';
