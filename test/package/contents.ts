import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENTRIES } from '../../infra/bundle/entries.ts';

/** Maximum size of the installed package, in bytes. */
const SIZE_BUDGET = 2_000_000;

const EXPECTED = [
  /^(?:index\.(?:js|mjs|d\.ts|d\.mts)|judge-policy\.mjs|package\.json)$/,
  /^(?:LICENSE|README\.md|CHANGELOG\.md|SECURITY\.md|THIRD-PARTY-NOTICES|sbom\.cdx\.json)$/,
  /^docs\/(?:[a-z]+\/)?[\w-]+\.md$/,
  /^schema\/[a-z]+\.schema\.json$/,
  /^functions\/SHA256SUMS$/,
  ...ENTRIES.map((entry) => new RegExp(`^functions/${entry}/${entry}\\.mjs$`)),
];

/** The files under a folder, as sorted relative paths. */
const filesUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();

/** What is wrong with the files of an unpacked package. */
export function problemsOfContents(folder: string, root: string): readonly string[] {
  const files = filesUnder(folder);
  const texts = files.map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const);
  const size = texts.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return [
    ...EXPECTED.filter((pattern) => !files.some((file) => pattern.test(file))).map(
      (pattern) => `there is no file ${pattern}`,
    ),
    ...files
      .filter((file) => !EXPECTED.some((pattern) => pattern.test(file)))
      .map((file) => `${file} does not belong there`),
    ...(size > SIZE_BUDGET ? [`it has ${size} bytes, but only ${SIZE_BUDGET} are allowed`] : []),
    ...texts.flatMap(([file, text]) => [
      ...[root, process.env.HOME ?? root]
        .filter((path) => path.length > 5 && text.includes(path))
        .map((path) => `${file} names ${path}, which exists only on this machine`),
      ...(/^\/\/ (?:test|local|bench)\//m.test(text)
        ? [`${file} contains code of tests or the laptop stack`]
        : []),
    ]),
    ...['dependencies', 'optionalDependencies', 'scripts', 'bin', 'private'].flatMap((member) =>
      member in manifest ? [`package.json has ${member}`] : [],
    ),
    ...problemsOfSums(join(folder, 'functions')),
  ];
}

/** Where the file of hashes differs from the bundles beside it. */
function problemsOfSums(folder: string): readonly string[] {
  const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
  return [
    ...(sums.length === ENTRIES.length ? [] : [`SHA256SUMS has ${sums.length} lines`]),
    ...sums.flatMap((line) => {
      const [hash = '', file = ''] = line.split('  ');
      return hash === sha256(join(folder, file)) ? [] : [`SHA256SUMS is wrong about ${file}`];
    }),
  ];
}

/** The hash of a file, as sha256sum has it. */
export function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
