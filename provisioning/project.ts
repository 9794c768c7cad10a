import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Where things stand in the checkout. Nothing here belongs to a box: that is `homeLayout`. */
export const project = {
  root,
  /** Runtime roots, fetched packages and spoken prompts; may be a symbolic link shared by several checkouts. */
  runtime: resolve(root, '.runtime'),
  /** Stamps of what was built from which inputs. */
  build: resolve(root, '.build'),
  backend: resolve(root, 'backend'),
  backendMain: resolve(root, 'backend/dist/backend/src/main'),
  console: resolve(root, 'console'),
  consoleDist: resolve(root, 'console/dist'),
  recorderClock: resolve(root, 'asterisk/recorder-clock/recorder-clock.c'),
  /** The page that verifies evidence offline; goes into every evidence package. */
  verifierPage: resolve(root, 'backend/dist/verifier/verifier.html'),
  asteriskEtc: resolve(root, 'asterisk/etc'),
  prompts: resolve(root, 'asterisk/prompts'),
  bin: resolve(root, 'node_modules/.bin'),
} as const;
