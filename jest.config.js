// Tests run as the ES modules they are (see the `test` script), so jose and our own code need no CommonJS twin.
// biome-ignore lint/style/noDefaultExport: jest reads its configuration from the default export
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  setupFilesAfterEnv: ['<rootDir>/test/support/no-tokens-printed.ts'],
  // A guard against hanging, not a measure: machines are slow at times.
  testTimeout: 60_000,
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/dist', '<rootDir>/bench'],
};
