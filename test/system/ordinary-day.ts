import { type Scene, startScene } from '../town/scene.ts';

let scene: Promise<Scene> | undefined;

/** The scene that all tests of calls on a day without breakdowns share; ended by `ordinary-day.system.ts`. */
export const ordinaryDay = (): Promise<Scene> => (scene ??= startScene());
