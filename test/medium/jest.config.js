import { swcTransform } from '../../backend/jest.config.js';

/** Medium tests (`*.medium.ts`, beside what they test): real Postgres of the runtime root, real migrations, real files. */
export default {
  displayName: 'medium',
  rootDir: '../..',
  roots: ['<rootDir>/backend/src', '<rootDir>/provisioning', '<rootDir>/test/medium'],
  testMatch: ['**/*.medium.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: swcTransform,
  testEnvironment: 'node',
  setupFiles: ['reflect-metadata'],
  setupFilesAfterEnv: ['<rootDir>/test/second-try.ts'],
  globalSetup: '<rootDir>/test/medium/global-setup.ts',
  globalTeardown: '<rootDir>/test/medium/global-teardown.ts',
  // So long that only what hangs meets it, however much else the machine does.
  testTimeout: 120_000,
  // They wait more than they reckon.
  maxWorkers: 4,
};
