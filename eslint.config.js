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

/** Attributes of console templates that are not for people. */
const I18N_FREE_ATTRIBUTES = [
  ...['aria-controls', 'aria-describedby', 'aria-labelledby', 'ariaCurrentWhenActive', 'autocapitalize', 'd'],
  ...['download', 'fieldId', 'inputmode', 'kind', 'preload', 'scope'],
];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      '**/dist/**',
      '.runtime/**',
      '.denwaban*/**',
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
    // The starter, the test harness and the benchmark talk to a person at a terminal. Nest declares its options as classes.
    files: ['provisioning/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off', '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  {
    files: ['console/**/*.ts'],
    extends: [...angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/component-selector': ['error', { type: 'element', prefix: 'dw', style: 'kebab-case' }],
      '@angular-eslint/directive-selector': ['error', { type: 'attribute', prefix: 'dw', style: 'camelCase' }],
      '@angular-eslint/no-uncalled-signals': 'error',
      '@angular-eslint/prefer-output-readonly': 'error',
      '@angular-eslint/prefer-service-decorator': 'error',
      '@angular-eslint/prefer-signals': 'error',
      '@angular-eslint/require-localize-metadata': ['error', { requireCustomId: true }],
      // Angular and its CDK take plain objects where their options are declared as classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['console/src/app/**/*.html', 'console/src/app/**/*.ts/*.html'],
    extends: [...angular.configs.templateRecommended, ...angular.configs.templateAccessibility],
    rules: {
      '@angular-eslint/template/button-has-type': 'error',
      '@angular-eslint/template/i18n': ['error', { checkDuplicateId: false, ignoreAttributes: I18N_FREE_ATTRIBUTES }],
      '@angular-eslint/template/no-duplicate-attributes': 'error',
      // Content-Security-Policy has no place for style attributes.
      '@angular-eslint/template/no-inline-styles': ['error', { allowBindToStyle: true, allowNgStyle: false }],
      '@angular-eslint/template/no-positive-tabindex': 'error',
      '@angular-eslint/template/prefer-self-closing-tags': 'error',
    },
  },
);
