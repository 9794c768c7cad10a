import presets from 'jest-preset-angular/presets/index.js';

/** Unit tests of the console in jsdom, zoneless as the console is. */
export default {
  ...presets.createEsmPreset({ testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env' }),
  displayName: 'console',
  roots: ['<rootDir>/src'],
  testMatch: ['**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/src/testing/set-up.ts'],
  maxWorkers: '100%',
  // Building a screen takes much longer on a machine that does other things too.
  testTimeout: 30_000,
  // The compiler writes `./x.js` for an import of `./x.ts`.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1', tslib: 'tslib/tslib.es6.js' },
};
