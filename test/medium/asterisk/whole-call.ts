import { expect } from '@jest/globals';
import type { JournalEntry } from '../../../backend/src/calls/journal.schema.ts';
import type { IncompleteReason } from '../../../backend/src/recordings/recording.schema.ts';
import {
  type Completion,
  decideCompleteness,
  LENGTH_TOLERANCE_MS,
  recordedSpan,
} from '../../../backend/src/recordings/spool/completeness.ts';
import { Spool } from '../../../backend/src/recordings/spool/spool.ts';
import { durationOf } from '../../../backend/src/recordings/sealing/pcm.ts';
import { eventually } from '../../town/waiting.ts';
import type { BoxAsterisk, SpooledCall } from './box-asterisk.ts';

export interface SealedCall extends Completion {
  /** Of the call, from where its recording begins, by the journal. */
  lengthMs: number;
  /** Of what will be sealed: audio, and silence where there is none. */
  sealedMs: number;
}

/** What the worker is going to do with what is in the spool of a call that is over. */
export async function completionOf(box: BoxAsterisk, { id, entries }: SpooledCall): Promise<SealedCall> {
  const span = recordedSpan(entries);
  if (!span) throw new Error('the call goes on');
  const completion = decideCompleteness(span, await new Spool(box.settings.layout.spool).closedAudio(id, span));
  const sealedMs = completion.segments.reduce(
    (sum, part) => sum + (part.kind === 'gap' ? part.durationMs : durationOf(part.toByte - part.fromByte)),
    0,
  );
  return { ...completion, sealedMs, lengthMs: span.endedAt.getTime() - span.beganAt.getTime() };
}

/**
 * What has to be true of every call that somebody has given up, wherever in it: its end is told once and last, each phone that talked
 * left once, the recording is as long as the call with nothing lost of what came, and Asterisk remembers nothing of it.
 * @param by who hung up
 * @param talked ids of the phones that were in the conversation
 */
export async function expectWhole(
  box: BoxAsterisk,
  { id }: SpooledCall,
  { by, talked = [] }: { by: 'caller' | 'office'; talked?: readonly string[] },
): Promise<SealedCall> {
  await eventually('Asterisk to forget the call', async () => {
    const globals = await box.commandLine('dialplan show globals');
    return /\d variable/.test(globals) && !globals.includes(id);
  });
  const call = (await box.calls()).find((one) => one.id === id);
  if (!call) throw new Error('the journal is gone');
  const { entries } = call;
  const ends = entries.flatMap((entry, index) => (entry.e === 'end' ? [[index, entry.by]] : []));
  expect(ends).toEqual([[entries.length - 1, by]]);
  expect(entries.flatMap((entry) => (entry.e === 'left' ? [entry.phone] : []))).toEqual(talked);
  expect(entries.filter(({ e }) => e === 'fault')).toEqual([]);
  const sealed = await completionOf(box, call);
  expect(Math.abs(sealed.sealedMs - sealed.lengthMs)).toBeLessThan(LENGTH_TOLERANCE_MS);
  expect(reasonsFor(entries)).toContain(sealed.reason);
  return sealed;
}

/** Why not all of a call is kept, if all goes well; null = all of it is. */
function reasonsFor(entries: readonly JournalEntry[]): (IncompleteReason | null)[] {
  const isPaused = entries.findLast(({ e }) => /^recording-(paused|resumed)$/.test(e))?.e === 'recording-paused';
  if (isPaused) return ['paused'];
  // Before anybody answers, nothing has come that could be recorded.
  return entries.some(({ e }) => e === 'accepted' || e === 'connected') ? [null] : [null, 'no-audio'];
}
