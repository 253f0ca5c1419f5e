import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { codeOf, importsOf, sourcesUnder } from './sources.ts';

const LAMBDA = sourcesUnder('lambda');

/** The layers of lambda/, and the layers that each may import. */
const LAYERS = {
  contract: [],
  core: ['contract', 'core'],
  events: ['contract', 'core', 'events'],
  io: ['contract', 'core', 'io'],
  handlers: ['contract', 'core', 'events', 'io', 'handlers'],
} as const satisfies Record<string, readonly string[]>;
type Layer = keyof typeof LAYERS;

function layerOf(path: string): Layer | undefined {
  if (path === 'lambda/contract.ts') return 'contract';
  const folder = /^lambda\/(?:(core|events|io)\/)?[^/]/.exec(path);
  return folder === null ? undefined : ((folder[1] as Layer | undefined) ?? 'handlers');
}

/** Imports of these files that a rule forbids, as `importer -> imported`. */
const violations = (paths: readonly string[], forbidden: (imported: string, importer: string) => boolean) =>
  paths.flatMap((path) =>
    importsOf(path)
      .filter((imported) => forbidden(imported, path))
      .map((imported) => `${path} -> ${imported}`),
  );

const isOwn = (imported: string): boolean => imported.includes('/') && imported.endsWith('.ts');

describe('in lambda/', () => {
  test('the layers exist, and every file is in one', () => {
    expect(new Set(LAMBDA.map(layerOf))).toEqual(new Set(Object.keys(LAYERS)));
  });
  test.each(Object.entries(LAYERS))(
    '%s imports from lambda/ only: %s',
    (layer, allowed: readonly string[]) => {
      const files = LAMBDA.filter((path) => layerOf(path) === layer);
      expect(files.length).toBeGreaterThan(0);
      expect(
        violations(files, (imported) => isOwn(imported) && !allowed.includes(String(layerOf(imported)))),
      ).toEqual([]);
    },
  );
  test('the contract imports nothing at all', () => {
    expect(importsOf('lambda/contract.ts')).toEqual([]);
  });
  test('core imports only jose, valibot and built-in modules without side effects', () => {
    const PURE = ['jose', 'valibot', 'node:crypto', 'node:buffer', 'node:zlib'];
    const files = LAMBDA.filter((path) => path.startsWith('lambda/core/'));
    expect(violations(files, (imported) => !isOwn(imported) && !PURE.includes(imported))).toEqual([]);
  });
  test("events import AWS's types and nothing else from outside", () => {
    const files = LAMBDA.filter((path) => path.startsWith('lambda/events/'));
    const PURE = ['aws-lambda', 'node:buffer'];
    expect(violations(files, (imported) => !isOwn(imported) && !PURE.includes(imported))).toEqual([]);
    const values = files.filter((path) => /^import (?!type)[^;]*'aws-lambda'/m.test(codeOf(path)));
    expect(values).toEqual([]);
  });
  test.each([
    ['the environment', /\bprocess\b/],
    ['the console', /\bconsole\b/],
    ['the clock', /\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bhrtime\b/],
    ['timers', /\bset(?:Timeout|Interval|Immediate)\b|\bAbortSignal\b/],
    ['the network', /\bfetch\(|\bnew WebSocket\b/],
    ['chance', /\bMath\.random\b|\brandom(?:Bytes|UUID|Int)\b/],
    ['the global object', /\bglobalThis\b/],
  ])('core and events do not use %s', (_, pattern) => {
    const files = LAMBDA.filter((path) => /^lambda\/(?:core|events)\//.test(path));
    expect(files.filter((path) => pattern.test(codeOf(path)))).toEqual([]);
  });
  test('only the handlers read environment variables', () => {
    expect(LAMBDA.filter((path) => /\bprocess\.env\b/.test(codeOf(path)))).toEqual(
      LAMBDA.filter((path) => /^lambda\/[a-z-]+-handler\.ts$/.test(path)),
    );
  });
  test('built-in modules are imported under their node: names', () => {
    expect(violations(LAMBDA, (imported) => isBuiltin(imported) && !imported.startsWith('node:'))).toEqual(
      [],
    );
  });
});

test('infra/ imports only the contract from lambda/, except the pure parser that judges a policy at synth', () => {
  const isForbidden = (imported: string) =>
    /^(?:lambda|local|test)\//.test(imported) &&
    imported !== 'lambda/contract.ts' &&
    !imported.startsWith('lambda/core/config/');
  expect(violations(sourcesUnder('infra'), isForbidden)).toEqual([]);
});

/** Modules with which every command reads its arguments and writes to a terminal. */
const COMMON_TO_COMMANDS = [
  'tools/arguments.ts',
  'tools/harmless.ts',
  'tools/shell-word.ts',
  'tools/terminal-colors.ts',
  'tools/user-path.ts',
];

test('the app imports check-config from tools/ only where it judges a policy, so that a deploy judges a policy as check-config does', () => {
  const edges = violations(
    sourcesUnder('infra'),
    (imported) => imported.startsWith('tools/') && !COMMON_TO_COMMANDS.includes(imported),
  );
  expect(edges).toEqual([
    'infra/options/policy-file.ts -> tools/check-config/check.ts',
    'infra/options/policy-warnings.ts -> tools/check-config/accepted.ts',
    'infra/options/policy-warnings.ts -> tools/check-config/check.ts',
    'infra/options/policy-warnings.ts -> tools/check-config/complete-parameters.ts',
  ]);
});

/** These files and all of our files that they import, types included. */
function reachedFrom(paths: readonly string[]): string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    importsOf(path).filter(isOwn).forEach(visit);
  };
  paths.forEach(visit);
  return [...seen];
}

test('no command loads CDK; a synth loads it in a separate process', () => {
  const reached = reachedFrom([
    'local/start.ts',
    ...sourcesUnder('tools').filter((path) => /^tools\/[^/]+$/.test(path)),
  ]);
  expect(reached).toContain('infra/options/options.ts');
  expect(reached.filter((path) => /^import (?!type)[^;]*'aws-cdk-lib/m.test(codeOf(path)))).toEqual([]);
});

test('the check of a policy at deploy uses no network, process or SDK', () => {
  const seen = reachedFrom(['tools/check-config/check.ts']);
  expect(seen.filter((path) => /^(?:lambda\/(?!core\/|contract\.ts)|infra|local|test)/.test(path))).toEqual(
    [],
  );
  const outside = seen.flatMap((path) => importsOf(path).filter((imported) => !isOwn(imported)));
  expect([...new Set(outside)].sort()).toEqual([
    'jose',
    'node:buffer',
    'node:crypto',
    'node:zlib',
    'valibot',
  ]);
});

test('local/ imports neither lambda/ nor infra/, and only the playground imports the findings of tools/', () => {
  // Reads what the function logs, as an operator does.
  const forLogs = 'tools/parameter-versions.ts';
  const isForbidden = (imported: string, importer: string) =>
    /^(?:lambda|infra|test)\//.test(imported) ||
    (imported.startsWith('tools/') &&
      !importer.startsWith('local/playground/') &&
      imported !== forLogs &&
      !COMMON_TO_COMMANDS.includes(imported));
  expect(violations(sourcesUnder('local'), isForbidden)).toEqual([]);
});

test('the page imports only types from its server and from tools/, which never reach a browser', () => {
  const outside = (imported: string) => isOwn(imported) && !imported.startsWith('local/playground/page/');
  const pages = sourcesUnder('local/playground/page');
  const values = pages.filter(
    (path) => [...codeOf(path).matchAll(/^import (?!type\b)[^;]*?from '(\.\.\/[^']+)'/gm)].length > 0,
  );
  expect(violations(pages, outside).length).toBeGreaterThan(0);
  expect(values).toEqual([]);
});

/** The folders with our code; every file is checked. */
const FOLDERS = ['lambda', 'infra', 'local', 'tools', 'test', 'bench'];

/** A cycle of imports through a file, if there is one. */
function circleFrom(start: string, importsOfFile: (path: string) => readonly string[]): string[] | undefined {
  const seen = new Set<string>();
  const walk = (path: string, way: readonly string[]): string[] | undefined => {
    for (const imported of importsOfFile(path)) {
      if (imported === start) return [...way, imported];
      if (seen.has(imported)) continue;
      seen.add(imported);
      const circle = walk(imported, [...way, imported]);
      if (circle !== undefined) return circle;
    }
    return undefined;
  };
  return walk(start, [start]);
}

test('no file imports itself through others, types included', () => {
  const paths = FOLDERS.flatMap(sourcesUnder);
  const imports = new Map(paths.map((path) => [path, importsOf(path).filter(isOwn)]));
  const circles = paths.flatMap(
    (path) => circleFrom(path, (file) => imports.get(file) ?? [])?.join(' -> ') ?? [],
  );
  expect(paths.length).toBeGreaterThan(300);
  expect(circles).toEqual([]);
});

test('finds a cycle', () => {
  const imports: Record<string, string[]> = { a: ['b', 'd'], b: ['c'], c: ['a'], d: [] };
  expect(circleFrom('a', (file) => imports[file] ?? [])).toEqual(['a', 'b', 'c', 'a']);
  expect(circleFrom('d', (file) => imports[file] ?? [])).toBeUndefined();
});

test('no deployed file imports tests', () => {
  expect(violations(LAMBDA, (imported) => !imported.startsWith('lambda/') && isOwn(imported))).toEqual([]);
});

test('misses no import in lambda/: esbuild finds none beyond these', async () => {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: LAMBDA,
    outdir: 'unused',
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  for (const path of LAMBDA) {
    const seen = metafile.inputs[path]?.imports.map((entry) => entry.path) ?? [];
    expect(importsOf(path)).toEqual(expect.arrayContaining(seen));
  }
});
