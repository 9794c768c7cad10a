/** Unit tests: no I/O, beside what they test. `node --experimental-vm-modules` because everything is ESM. */
export const swcTransform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2024',
        keepClassNames: true,
      },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ],
};

export default {
  displayName: 'unit',
  rootDir: '..',
  roots: [
    '<rootDir>/backend/src',
    '<rootDir>/provisioning',
    '<rootDir>/test/town',
    '<rootDir>/test/bench',
    '<rootDir>/console/verifier',
  ],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: swcTransform,
  testEnvironment: 'node',
  setupFiles: ['reflect-metadata'],
  maxWorkers: '100%',
};
