import angular from 'angular-eslint';
import tseslint from 'typescript-eslint';

const driverOnlyIn = (paths) => ({
  'no-restricted-imports': ['error', { paths }],
});

const TYPEORM = { name: 'typeorm', message: 'Only repositories, entities and platform/ talk to the database.' };
const TELEPHONY = ['ari-client', 'asterisk-manager'].map((name) => ({
  name,
  message: 'Only backend/src/asterisk/ talks to Asterisk.',
}));

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      '**/dist/**',
      '.runtime/**',
      '.denwaban/**',
      '**/.angular/**',
      'console/src/app/api/generated/**',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    // Constructor injection needs the class at run time, which the type-import rule cannot see through decorators.
    files: ['backend/src/**/*.ts'],
    // Nest declares its options as classes.
    rules: {
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      ...driverOnlyIn([TYPEORM, ...TELEPHONY]),
    },
  },
  {
    files: ['backend/src/**/*.{repository,entity}.ts', 'backend/src/platform/**/*.ts', 'backend/src/**/*.medium.ts'],
    rules: driverOnlyIn(TELEPHONY),
  },
  { files: ['backend/src/asterisk/**/*.ts'], rules: driverOnlyIn([TYPEORM]) },
  {
    // The starter, the test harness and the benchmark talk to a person at a terminal.
    files: ['provisioning/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['console/**/*.ts'],
    extends: [...angular.configs.tsRecommended, ...angular.configs.templateAccessibility.slice(0, 0)],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/component-selector': ['error', { type: 'element', prefix: 'dw', style: 'kebab-case' }],
      '@angular-eslint/directive-selector': ['error', { type: 'attribute', prefix: 'dw', style: 'camelCase' }],
    },
  },
  {
    files: ['console/**/*.html'],
    extends: [...angular.configs.templateRecommended, ...angular.configs.templateAccessibility],
  },
);
