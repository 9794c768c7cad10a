import type { Settings } from '../../platform/settings.ts';
import { DiskRecordingStore } from './disk-recording-store.ts';
import type { RecordingStore } from './recording-store.ts';
import { S3Client } from './s3/s3-client.ts';
import { readS3Key } from './s3/s3-key.ts';
import { S3RecordingStore } from './s3/s3-recording-store.ts';

/** The store that the operator has chosen. */
export function recordingStoreOf(
  settings: Pick<Settings, 'vaultPlace' | 'layout' | 'masterKeyPlaces'>,
): RecordingStore {
  const { vaultPlace: place, layout, masterKeyPlaces } = settings;
  if (place.kind === 'disk') return new DiskRecordingStore(place.directory, layout.vaultIdentity);
  const client = new S3Client(place, () => readS3Key(masterKeyPlaces));
  return new S3RecordingStore(client, place.prefix, layout.vaultIdentity);
}
