import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SUMS } from '../../infra/release/folder.ts';
import { CommandFailure, parseArguments, runCommand } from '../arguments.ts';
import { npm, output } from './commands.ts';
import { differencesOf, RELEASE_FOLDER } from './folder.ts';
import { planRelease } from './plan.ts';
import { rehearsePublishing } from './publishing.ts';

const NOTES = 'dist/release-notes.md';

const HELP = `Usage: npm run release:check [-- --tag TAG]

Does what the release workflow does after the tests, except publish. Compares version, tag and changelog. Builds the last commit twice, in
separate folders with separately installed packages, and compares the bytes. Leaves the files in ${RELEASE_FOLDER} and the notes in ${NOTES}, and
has npm say what it would publish. Needs the npm registry.

  --tag TAG  the tag of the release, such as v1.2.3, whether it exists yet or not; without it, the changelog's section
             needs no date, package.json needs no repository, and npm may already have the version
  --help     print this text`;

/** Folders and environments, which must not change the result. */
const BUILDS = [
  { folder: 'one', umask: 0o022, environment: { TZ: 'UTC', LC_ALL: 'C' } },
  { folder: 'another place', umask: 0o077, environment: { TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8' } },
] as const;

function run(args: readonly string[]): number {
  const { values } = parseArguments(args, { tag: { type: 'string' } });
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const publisher = process.env.GITHUB_REPOSITORY;
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  const plan = planRelease({ manifest, changelog, tag: values.tag, publisher });
  if (plan.kind === 'invalid') throw new CommandFailure(plan.problems.join('\n'));
  console.log(`ok  ${manifest.version} has a section in CHANGELOG.md`);
  const uncommitted = output('.', ['git', 'status', '--porcelain']).trimEnd();
  if (uncommitted !== '') console.log(`--  uncommitted changes are left out:\n${uncommitted}`);
  console.log(`--  Node.js ${process.versions.node}, npm ${npm('.', '--version').trim()}`);
  buildTwice();
  console.log(`ok  two builds gave the same bytes; they are in ${RELEASE_FOLDER}`);
  mkdirSync('dist', { recursive: true });
  writeFileSync(NOTES, `${plan.release.notes}\n`);
  const { name, version } = manifest;
  const tarball = `./${RELEASE_FOLDER}/${name}-${version}.tgz`;
  const { distTag, said } = rehearsePublishing({ name, version, tarball, tag: values.tag });
  console.log(said);
  // The jobs that publish run no code of the repository, so they get these values from here.
  const { GITHUB_OUTPUT } = process.env;
  if (GITHUB_OUTPUT !== undefined) appendFileSync(GITHUB_OUTPUT, `version=${version}\ndist-tag=${distTag}\n`);
  return 0;
}

function buildTwice(): void {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'release-')));
  try {
    const sums = BUILDS.map(({ folder, umask, environment }) => {
      const place = join(work, folder);
      const before = process.umask(umask);
      try {
        mkdirSync(place);
        output('.', ['git', 'archive', '--output', join(work, 'source.tar'), 'HEAD']);
        output(place, ['tar', '-xf', join(work, 'source.tar')]);
        npm(place, 'ci', '--prefer-offline');
        output(place, ['npm', 'run', 'release:build'], { environment });
      } finally {
        process.umask(before);
      }
      return readFileSync(join(place, RELEASE_FOLDER, SUMS), 'utf8');
    });
    const [first = '', second = ''] = sums;
    const differences = differencesOf(first, second);
    if (differences.length > 0) {
      throw new CommandFailure(`Two builds differ in ${differences.join(', ')}.`);
    }
    rmSync(RELEASE_FOLDER, { recursive: true, force: true });
    cpSync(join(work, BUILDS[0].folder, RELEASE_FOLDER), RELEASE_FOLDER, { recursive: true });
    console.log(first.trimEnd());
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

await runCommand({ help: HELP, run });
