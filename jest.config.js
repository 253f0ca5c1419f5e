import { fileURLToPath } from 'node:url';

// Tests run as the ES modules they are (see the `test` script), so jose and our own code need no CommonJS twin.
const shared = {
  testEnvironment: 'node',
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
  setupFilesAfterEnv: [
    '<rootDir>/test/support/property-seed.ts',
    '<rootDir>/test/support/no-tokens-printed.ts',
  ],
  modulePathIgnorePatterns: [
    '<rootDir>/cdk.out',
    '<rootDir>/dist',
    '<rootDir>/bench',
    '<rootDir>/test/browser',
  ],
};

// What the tests start (the tools, the CDK CLI and the app) is compiled once instead of at each of some 200 starts.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url));

// biome-ignore lint/style/noDefaultExport: jest reads its configuration from the default export
export default {
  // A guard against hanging, not a measure: machines are slow at times. Projects have none of their own.
  testTimeout: 300_000,
  // One process for all files would keep the modules of each, and spend most of its time on collecting garbage.
  maxWorkers: '100%',
  projects: [
    { ...shared, displayName: 'all', testMatch: ['<rootDir>/test/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'without keeper',
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
      // Tests that start no stack, or decide themselves whether the keeper runs.
      testPathIgnorePatterns: [
        '/node_modules/',
        '/configuration-function\\.test',
        '/local-stack-(?:start|keys)\\.test',
        '/outage\\.test',
        '/guides/',
        '/keeper(?:-[a-z]+)?\\.test',
      ],
      globals: { KEEPER: false },
    },
  ],
};
