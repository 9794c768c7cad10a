import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { audioFile, loneVault, TWO_HOURS_BYTES } from './lone-vault.ts';

/** Started by the test: seals and plays one hour, then four, and tells the most memory that ever took. */
const { vault, directory, remove } = await loneVault();

async function peakAfter(sizeBytes: number): Promise<number> {
  const file = await audioFile(directory, sizeBytes);
  const recording = { id: randomUUID(), startedAt: new Date() };
  await vault.prepare(recording);
  const { path } = await vault.put(recording, `${recording.id}.flac.c2sp`, file);
  await rm(file);
  const audio = await vault.open(recording.id, path);
  let playedBytes = 0;
  for await (const chunk of audio.range(0, audio.plaintextBytes)) playedBytes += chunk.length;
  if (playedBytes !== sizeBytes) throw new Error(`${playedBytes} of ${sizeBytes} bytes were played`);
  return process.resourceUsage().maxRSS * 1024;
}

try {
  const oneHour = await peakAfter(TWO_HOURS_BYTES / 2);
  const fourHours = await peakAfter(TWO_HOURS_BYTES * 2);
  process.send?.({ oneHour, fourHours });
} finally {
  await remove();
}
