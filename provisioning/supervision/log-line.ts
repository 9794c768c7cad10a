export interface ReadableLine {
  severity: 'info' | 'warning' | 'error';
  text: string;
}

const PINO_WARN = 40;
const PINO_ERROR = 50;
const HOUSEKEEPING = new Set(['level', 'time', 'process', 'msg', 'pid', 'hostname']);

/**
 * What a line of a child says to a person: our own processes write JSON, Postgres and Asterisk plain text.
 */
export function readLogLine(line: string): ReadableLine {
  const entry = parseEntry(line);
  if (!entry) return { severity: plainSeverity(line), text: line.trim() };
  const level = Number(entry.level);
  const fields = Object.entries(entry)
    .filter(([key, value]) => !HOUSEKEEPING.has(key) && value != null)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const severity = level >= PINO_ERROR ? 'error' : level >= PINO_WARN ? 'warning' : 'info';
  return { severity, text: [typeof entry.msg === 'string' ? entry.msg : '', ...fields].filter(Boolean).join('  ') };
}

function parseEntry(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Postgres calls it fatal when somebody asks too early or too late, which is how one finds out that it is up. */
const ASKED_TOO_EARLY = /the database system is (starting up|shutting down|not yet accepting connections)/;

function plainSeverity(line: string): ReadableLine['severity'] {
  if (ASKED_TOO_EARLY.test(line)) return 'info';
  if (/\b(ERROR|FATAL|PANIC)\b/.test(line)) return 'error';
  return /\bWARNING\b/.test(line) ? 'warning' : 'info';
}
