import { readdirSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import { textOf } from './sources.ts';
import { WORKFLOWS as FOLDER, jobsOf, usesOf } from './workflow-text.ts';

const WORKFLOWS = readdirSync(FOLDER).map((file) => ({ file, text: textOf(`${FOLDER}/${file}`) }));
const { scripts, engines } = JSON.parse(textOf('package.json'));

/** What jobs may do beyond reading, by workflow. */
const MAY_WRITE: Readonly<Record<string, readonly string[]>> = {
  'codeql.yml': ['security-events'],
  'release.yml': ['attestations', 'contents', 'id-token'],
  'scorecard.yml': ['security-events'],
};

/** What may trigger a workflow: nothing that runs code by strangers with the repository's rights. */
const STARTS = ['branch_protection_rule', 'pull_request', 'push', 'schedule', 'workflow_call'];

describe.each(WORKFLOWS)('in $file', ({ file, text }) => {
  it('no trigger gives rights to a pull request from a fork, and each checkout is of what triggered it', () => {
    const [, events = ''] = /^on:\n((?: .*\n)+)/m.exec(text) ?? [];
    const started = [...events.matchAll(/^ {2}([^\s#][^:]*):/gm)].map(([, event = '']) => event);
    expect(started).not.toEqual([]);
    expect(started.filter((event) => !STARTS.includes(event))).toEqual([]);
    expect(text).not.toMatch(/^ +(?:with: \{.*)?\b(?:ref|repository):/m);
  });

  it('each action is pinned by the hash of a commit, with its version beside it', () => {
    const foreign = usesOf(text).filter((use) => !use.startsWith('./'));
    expect(
      foreign.filter((use) => !/^[\w.-]+(?:\/[\w.-]+)+@[\da-f]{40} # v\d+\.\d+\.\d+$/.test(use)),
    ).toEqual([]);
  });

  it('a job has only its own rights, and writes only what is listed here', () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    expect(jobsOf(text).filter((job) => !/^ {4}permissions:$/m.test(job))).toEqual([]);
    const written = [...text.matchAll(/^ +([\w-]+): write$/gm)].map(([, right = '']) => right);
    expect([...new Set(written)].sort()).toEqual(MAY_WRITE[file] ?? []);
  });

  it('no secret is used, and none stays in the checkout', () => {
    expect(text).not.toMatch(/\bsecrets\b|_TOKEN: (?!\$\{\{ github\.token \}\})/);
    const checkouts = usesOf(text).filter((use) => use.startsWith('actions/checkout@'));
    expect(text.match(/persist-credentials: false/g) ?? []).toHaveLength(checkouts.length);
  });

  it('what is installed beside packages of the lock file has an exact version', () => {
    const installed = [...text.matchAll(/\bpipx? install (\S+)|\bnpx? (?:exec|-y|--yes|install|i) (\S+)/g)];
    const names = installed.map(([, python, node]) => python ?? node ?? '');
    expect(names.filter((name) => !/^'[\w[\]-]+==\d+(?:\.\d+)+'$/.test(name))).toEqual([]);
  });

  it('each job has a time limit', () => {
    const endless = jobsOf(text).filter((job) => !/timeout-minutes:|^ {4}uses:/m.test(job));
    expect(endless).toEqual([]);
  });

  it('each script that is run is one of package.json, and nothing from an event is put into a shell', () => {
    const runs = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
    expect(runs.filter((script) => !(script in scripts))).toEqual([]);
    const inserted = text.split('\n').filter((line) => line.includes('${{'));
    expect(inserted.filter((line) => !/^ +(?:- )?(?!run:)[\w-]+: /.test(line))).toEqual([]);
  });
});

test('an action has one version in all workflows', () => {
  const uses = WORKFLOWS.flatMap(({ text }) => usesOf(text)).filter((use) => use.includes('@'));
  const repositoryOf = (use: string) => /^[\w.-]+\/[\w.-]+/.exec(use)?.[0];
  const versions = new Set(uses.map((use) => `${repositoryOf(use)}@${use.split('@')[1]}`));
  expect(versions.size).toBe(new Set(uses.map(repositoryOf)).size);
});

test('every check of .ci/run is run on the oldest Node.js that package.json allows, and on the one of .nvmrc', () => {
  const ci = textOf(`${FOLDER}/ci.yml`);
  const [, versions = ''] = /node: \[(.*)\]/.exec(ci) ?? [];
  expect(ci).toContain('- run: .ci/run');
  expect(versions).toContain(`'${engines.node.replace('>=', '')}'`);
  expect(versions).toContain(`'${textOf('.nvmrc').trim()}'`);
});

test('each script that .ci/run calls is one of package.json', () => {
  const called = [...textOf('.ci/run').matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
  expect(called).toContain('lint:workflows');
  expect(called.filter((script) => !(script in scripts))).toEqual([]);
});
