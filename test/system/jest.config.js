import { swcTransform } from '../../backend/jest.config.js';

/** System tests: a whole box and the town, real Asterisk on both ends, a real browser. One file after the other. */
export default {
  displayName: 'system',
  rootDir: '../..',
  roots: ['<rootDir>/test/system', '<rootDir>/test/faults', '<rootDir>/test/browser'],
  testMatch: ['**/*.system.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: swcTransform,
  testEnvironment: 'node',
  setupFiles: ['reflect-metadata'],
  setupFilesAfterEnv: ['<rootDir>/test/second-try.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
