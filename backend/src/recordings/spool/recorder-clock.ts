/**
 * What the recorder's clock says of a file it has written (`asterisk/recorder-clock/recorder-clock.c`): `open` a recorder
 * begins, `at` the byte at this position was heard at this moment, `lost` from then on nothing could be written, `close`
 * the file is whole.
 */
export interface ClockMark {
  kind: 'open' | 'at' | 'lost' | 'close';
  wallMs: number;
  /** Since the machine started: it stands still for nobody who sets the clock. */
  monotonicMs: number;
  bytes: number;
  /** Of `lost`: the name of the error, e.g. `ENOSPC`. */
  error: string | null;
}

const MARK = /^(open|at|lost|close) (\d{10,15}) (\d{1,15}) (\d{1,15})(?: ([A-Z0-9]+))?$/;

/** Reads a clock. A line that is no mark is left out, as is a last one without its end: its writer died or is at it. */
export function parseClock(text: string): ClockMark[] {
  return text.split('\n').slice(0, -1).flatMap(parseMark);
}

function parseMark(line: string): ClockMark[] {
  const [, kind, wall, monotonic, bytes, error] = MARK.exec(line) ?? [];
  if (kind === undefined) return [];
  const [wallMs = 0, monotonicMs = 0, position = 0] = [wall, monotonic, bytes].map(Number);
  return [{ kind: kind as ClockMark['kind'], wallMs, monotonicMs, bytes: position, error: error ?? null }];
}

/** Whether the recorder has let go of its file, so that nothing more is to be expected. */
export const isClosed = (marks: readonly ClockMark[]): boolean => marks.at(-1)?.kind === 'close';
