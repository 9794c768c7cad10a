import { Reserve } from '../../backend/src/headroom/reserve.ts';
import { type HomeLayout } from '../../backend/src/platform/settings.ts';
import { type Progress } from '../progress.ts';

/** Takes the room of the reserve before anybody else does. A box without one runs, too: the worker goes on trying. */
export async function prepareReserve(layout: HomeLayout, progress: Progress): Promise<void> {
  const reserve = new Reserve(layout.reserve);
  try {
    while ((await reserve.tend()) === 'make');
  } catch (error) {
    progress.warn(`no room could be kept in reserve in ${layout.reserve}: ${String(error)}`);
  }
}
