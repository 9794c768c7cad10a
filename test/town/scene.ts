import { type RunningBox, startBox } from '../box.ts';
import { OfficeApi } from './office-api.ts';
import { officeDocument, REGISTERED_PHONES } from './office.ts';
import { Town } from './town.ts';
import { eventually } from './waiting.ts';

/** A box at work: configured for the town, its phones registered, an administrator logged in. */
export interface Scene {
  box: RunningBox;
  town: Town;
  api: OfficeApi;
  stop(): Promise<void>;
}

export async function startScene(overrides: Parameters<typeof startBox>[0] = {}): Promise<Scene> {
  const box = await startBox(overrides);
  try {
    const host = overrides.DENWABAN_SIP_BIND ?? '127.0.0.1';
    const town = await Town.start({ box: { host, port: box.sipPort }, phones: REGISTERED_PHONES });
    try {
      const api = await OfficeApi.firstLogIn(box);
      await api.configure(officeDocument(town));
      await phonesRegistered(town);
      const stop = async () => {
        await town.stop();
        await box.stop();
      };
      return { box, town, api, stop };
    } catch (error) {
      await town.stop();
      throw error;
    }
  } catch (error) {
    console.error(box.logs);
    await box.stop();
    throw error;
  }
}

export async function phonesRegistered(town: Town): Promise<void> {
  await eventually('every phone to register', async () => {
    return (await town.registered()).length === REGISTERED_PHONES.length;
  });
}
