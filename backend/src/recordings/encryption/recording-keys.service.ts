import { STANDARD_CLASS } from '../recording-class.schema.ts';
import { KeyRing } from './key-ring.ts';
import { KeyStore } from './key-store.ts';
import { classNameOf, type SecretKey } from './keys.ts';
import { loadMasterKey, type MasterKeyPlaces } from './master-key.ts';

/** A recording, as far as its key depends on it. */
export interface KeyedRecording {
  id: string;
  startedAt: Date;
}

/**
 * The keys of recordings, as sealing and playback ask for them. Reads the master key each time: one that was lost, damaged
 * or put back counts at once, and nothing is sealed with a key that only this process still knows.
 */
export class RecordingKeys {
  constructor(
    private readonly places: MasterKeyPlaces,
    private readonly store: KeyStore,
  ) {}

  /**
   * The key of a recording, made and stored if there is none yet; the same however often it is asked for.
   * @throws MasterKeyUnusableError, MasterKeyUnknownError, WrappedKeyAlteredError, KeyFormatUnknownError
   */
  async forSealing({ id, startedAt }: KeyedRecording): Promise<SecretKey> {
    return (await this.ring()).keyForSealing(id, classNameOf(STANDARD_CLASS, startedAt));
  }

  /** @throws RecordingKeyGoneError, and what `forSealing` throws */
  async find(recordingId: string): Promise<SecretKey> {
    return (await this.ring()).recordingKey(recordingId);
  }

  /** Nobody will ever open the recording again, wherever copies of its file are. Needs no master key; none there is as good. */
  destroy(recordingId: string): Promise<void> {
    return this.store.removeRecordingKey(recordingId);
  }

  /**
   * Ids of master keys that would be needed and are not at hand; empty when all is well.
   * @throws MasterKeyUnusableError, WrappedKeyAlteredError, KeyFormatUnknownError
   */
  async missingMasterKeys(): Promise<string[]> {
    const locked = await (await this.ring()).lockedClassKeys();
    return [...new Set(locked.map(({ masterKeyId }) => masterKeyId))];
  }

  /**
   * Id of the master key that new keys are wrapped by, and how many older ones are still at hand.
   * @throws MasterKeyUnusableError
   */
  async masterKeyInForce(): Promise<{ id: string; older: number }> {
    const { wrapping, all } = await loadMasterKey(this.places);
    return { id: wrapping.id, older: all.size - 1 };
  }

  private async ring(): Promise<KeyRing> {
    return new KeyRing(await loadMasterKey(this.places), this.store);
  }
}
