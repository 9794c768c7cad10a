import { ClassKeyInUseError, MasterKeyUnknownError, RecordingKeyGoneError } from './key.errors.ts';
import { type KeyStore } from './key-store.ts';
import { type KeyBinding, SecretKey, unwrapKey, wrapKey, wrappingKeyId } from './keys.ts';
import { type MasterKeys } from './master-key.ts';

const ofClass = (name: string): KeyBinding => `class-key:${name}`;
const ofRecording = (id: string): KeyBinding => `recording-key:${id}`;

/** Hands out recording keys and destroys them. Keeps nothing in memory: what is destroyed is gone with the next call. */
export class KeyRing {
  constructor(
    private readonly masters: Pick<MasterKeys, 'wrapping' | 'all'>,
    private readonly store: KeyStore,
  ) {}

  /**
   * The key to seal a recording with: its own, made and stored if there is none yet. Sealing again after a crash gets the
   * same key; `encrypt` takes a new salt each time.
   */
  async keyForSealing(recordingId: string, className: string): Promise<SecretKey> {
    if (!(await this.store.recordingKey(recordingId))) {
      const classKey = await this.classKeyForSealing(className);
      const wrapped = wrapKey(SecretKey.random(), classKey, ofRecording(recordingId));
      await this.store.addRecordingKey(recordingId, { className, wrapped });
    }
    return this.recordingKey(recordingId); // As stored: nothing is encrypted with a key that could not be found again.
  }

  /** @throws RecordingKeyGoneError, MasterKeyUnknownError, WrappedKeyAlteredError */
  async recordingKey(recordingId: string): Promise<SecretKey> {
    const stored = await this.store.recordingKey(recordingId);
    if (!stored) throw new RecordingKeyGoneError(recordingId);
    const classKey = await this.classKey(stored.className);
    const binding = ofRecording(recordingId);
    if (wrappingKeyId(stored.wrapped, binding) !== classKey?.id) throw new RecordingKeyGoneError(recordingId);
    return unwrapKey(stored.wrapped, classKey, binding);
  }

  /**
   * Puts a recording under the key of another class or month, for instance because it is kept longer now.
   * @returns false when its key was changed meanwhile: try again
   */
  async reclassify(recordingId: string, className: string): Promise<boolean> {
    const key = await this.recordingKey(recordingId);
    const stored = await this.store.recordingKey(recordingId);
    if (!stored) throw new RecordingKeyGoneError(recordingId);
    if (stored.className === className) return true;
    const wrapped = wrapKey(key, await this.classKeyForSealing(className), ofRecording(recordingId));
    return this.store.replaceRecordingKey(recordingId, stored, { className, wrapped });
  }

  /** The recording can never be heard again, wherever copies of its file are. */
  async destroyRecordingKey(recordingId: string): Promise<void> {
    await this.store.removeRecordingKey(recordingId);
  }

  /**
   * Nothing that was ever wrapped by it can be opened again, wherever copies are. A later recording of the same class and
   * month gets a new class key.
   * @throws ClassKeyInUseError as long as a recording key needs it: destroy or reclassify those first
   */
  async destroyClassKey(className: string): Promise<void> {
    if (!(await this.store.removeUnusedClassKey(className))) throw new ClassKeyInUseError(className);
  }

  /**
   * For the health page: class keys that no master key at hand opens, as after a restore without the secrets.
   * @returns empty when all is well
   */
  async lockedClassKeys(): Promise<{ className: string; masterKeyId: string }[]> {
    const wrapped = await this.store.classKeys();
    return wrapped
      .map(({ name, wrapped }) => ({ className: name, masterKeyId: wrappingKeyId(wrapped, ofClass(name)) }))
      .filter(({ masterKeyId }) => !this.masters.all.has(masterKeyId));
  }

  private async classKey(name: string): Promise<SecretKey | null> {
    const wrapped = await this.store.classKey(name);
    return wrapped && openClassKey(name, wrapped, this.masters);
  }

  private async classKeyForSealing(name: string): Promise<SecretKey> {
    const present = await this.classKey(name);
    if (present) return present;
    const made = wrapKey(SecretKey.random(), this.masters.wrapping, ofClass(name));
    return openClassKey(name, await this.store.addClassKey(name, made), this.masters);
  }
}

function openClassKey(name: string, wrapped: Buffer, masters: Pick<MasterKeys, 'all'>): SecretKey {
  const binding = ofClass(name);
  const id = wrappingKeyId(wrapped, binding);
  const master = masters.all.get(id);
  if (!master) throw new MasterKeyUnknownError(id);
  return unwrapKey(wrapped, master, binding);
}

/**
 * The same class key under the newest master key, or as it is if it was there already; recordings and their keys stay as they
 * are. It is opened in either case.
 * @throws MasterKeyUnknownError, WrappedKeyAlteredError
 */
export function rewrapClassKey(name: string, wrapped: Buffer, masters: Pick<MasterKeys, 'wrapping' | 'all'>): Buffer {
  if (wrappingKeyId(wrapped, ofClass(name)) === masters.wrapping.id) {
    openClassKey(name, wrapped, masters);
    return wrapped;
  }
  return wrapKey(openClassKey(name, wrapped, masters), masters.wrapping, ofClass(name));
}
