import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../platform/file-errors.ts';
import { JournalEntry } from './journal.schema.ts';

const JOURNAL = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/;
const RECORDING = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.2)?\.raw$/;

/** Recorded in place of a line that is not a journal entry, so that the damage shows on the call. */
export const MALFORMED_LINE = 'journal-malformed';

export const journalPath = (spoolDir: string, callId: string) => join(spoolDir, `${callId}.jsonl`);
/** @param recorder 2 = the one that was started because the first did not write */
export const rawAudioPath = (spoolDir: string, callId: string, recorder: Recorder = 1) =>
  join(spoolDir, `${recorderFile(callId, recorder)}.raw`);
export const recorderClockPath = (spoolDir: string, callId: string, recorder: Recorder = 1) =>
  join(spoolDir, `${recorderFile(callId, recorder)}.clock`);

export const RECORDERS = [1, 2] as const;
export type Recorder = (typeof RECORDERS)[number];
const recorderFile = (callId: string, recorder: Recorder) => (recorder === 1 ? callId : `${callId}.${recorder}`);

/** @returns seconds since the epoch with three decimals, as the dialplan writes them */
export const journalInstant = (at: Date): string => (at.getTime() / 1000).toFixed(3);

export const instantOf = (entry: Pick<JournalEntry, 'at'>): Date => new Date(Math.round(Number(entry.at) * 1000));

/** @returns the call a file of the spool belongs to, or null when it is not a file of a call */
export function callOfSpoolFile(name: string): { callId: string; file: 'journal' | 'raw-audio' } | null {
  const journal = JOURNAL.exec(name)?.[1];
  if (journal !== undefined) return { callId: journal, file: 'journal' };
  const recording = RECORDING.exec(name)?.[1];
  return recording === undefined ? null : { callId: recording, file: 'raw-audio' };
}

/**
 * Reads the text of a journal. The last line is ignored unless it ends in a newline: its writer died or is at it.
 * A line that is no entry becomes a `fault` at the time of the line before it. A number that the caller withheld is
 * dropped even if it was written.
 * @param malformedAt time of a malformed line with no line before it
 */
export function parseJournal(text: string, malformedAt: Date): JournalEntry[] {
  const lines = text.split('\n').slice(0, -1);
  let at = journalInstant(malformedAt);
  const entries: JournalEntry[] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    const entry = parseLine(line) ?? { e: 'fault', at, reason: MALFORMED_LINE };
    at = entry.at;
    entries.push(entry);
  }
  return entries;
}

function parseLine(line: string): JournalEntry | null {
  let value: unknown;
  try {
    // Postgres stores no NUL in JSON: one such line would keep the whole call from being filed.
    if (line.includes('\\u0000')) return null;
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const result = JournalEntry.safeParse(value);
  if (!result.success) return null;
  const entry = result.data;
  return entry.e === 'begin' && entry.presentation !== 'shown' ? { ...entry, number: '' } : entry;
}

/** @returns the entries written so far; none when there is no journal */
export async function readJournal(spoolDir: string, callId: string): Promise<JournalEntry[]> {
  const path = journalPath(spoolDir, callId);
  try {
    const text = await readFile(path, 'utf8');
    return parseJournal(text, (await stat(path)).birthtime);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Whether a call has a journal without an end. One without a line counts: the disk was full when the call began. */
export async function isGoingOn(spoolDir: string, callId: string): Promise<boolean> {
  try {
    const text = await readFile(journalPath(spoolDir, callId), 'utf8');
    return !isOver(parseJournal(text, new Date(0)));
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Appends one line in one write, so that it cannot mix with a line the dialplan writes at the same moment. A torn
 * last line is closed first, or the two would spoil each other.
 */
export async function appendJournal(spoolDir: string, callId: string, entry: JournalEntry): Promise<void> {
  const file = await open(journalPath(spoolDir, callId), 'a+', 0o640);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1, '\n');
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const start = last.toString() === '\n' ? '' : '\n';
    await file.write(`${start}${JSON.stringify(entry)}\n`);
  } finally {
    await file.close();
  }
}

/** @returns ids of the calls that have a journal in the spool */
export async function listJournals(spoolDir: string): Promise<string[]> {
  const names = await readdir(spoolDir);
  return names.flatMap((name) => JOURNAL.exec(name)?.[1] ?? []);
}

/** A journal without an end. */
export interface OpenJournal {
  callId: string;
  entries: JournalEntry[];
}

/** @returns the calls of the spool that are not over */
export async function listOpenJournals(spoolDir: string): Promise<OpenJournal[]> {
  const open: OpenJournal[] = [];
  for (const callId of await listJournals(spoolDir)) {
    const entries = await readJournal(spoolDir, callId);
    if (!isOver(entries)) open.push({ callId, entries });
  }
  return open;
}

/** A call is over once its journal says so; nothing after that line reopens it. */
export const isOver = (entries: readonly JournalEntry[]): boolean => entries.some(({ e }) => e === 'end');
