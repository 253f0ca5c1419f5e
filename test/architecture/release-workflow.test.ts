import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { textOf } from './sources.ts';
import { jobsOf, usesOf, WORKFLOWS } from './workflow-text.ts';

describe('in the workflow of a release', () => {
  const jobs = jobsOf(textOf(`${WORKFLOWS}/release.yml`).replace(/^ *#.*\n/gm, ''));
  const speaking = jobs.filter((job) => /: write$/m.test(job));
  const named = (name: string) => jobs.find((job) => job.trimStart().startsWith(`${name}:`)) ?? '';

  it("the jobs that can publish in the project's name run none of its code, only these commands", () => {
    expect(speaking.map((job) => job.trim().split(':')[0])).toEqual(['publish', 'announce']);
    const rights = speaking.map((job) => [...job.matchAll(/(\S+): write$/gm)].map(([, right]) => right));
    expect(rights).toEqual([['id-token', 'attestations'], ['contents']]);
    for (const job of speaking) {
      const actions = usesOf(job).map((use) => use.split('@')[0]);
      expect(
        actions.filter((action) => !/^actions\/(?:download-artifact|attest|setup-node)$/.test(action ?? '')),
      ).toEqual([]);
      expect(job).not.toMatch(/\bnpm (?!publish |view )/);
      expect(job).not.toMatch(/npx|\b(?:node|bash|sh|source|tar|unzip) /);
    }
  });

  it('the one that has the right to publish waits for an approval', () => {
    expect(
      speaking
        .filter((job) => /id-token: write/.test(job))
        .map((job) => /^ {4}environment: (.+)$/m.exec(job)?.[1]),
    ).toEqual(['npm']);
    expect(named('announce')).toMatch(/^ {4}needs: \[build, publish\]$/m);
  });

  it('no job from the build on reads a cache, which others can write to', () => {
    for (const job of [named('build'), ...speaking]) {
      expect(job).not.toMatch(/actions\/cache|[ {]cache: /);
      const setups = usesOf(job).filter((use) => use.startsWith('actions/setup-node@'));
      expect(job.match(/package-manager-cache: false/g) ?? []).toHaveLength(setups.length);
    }
  });

  it('the published artifact is the one that was built, not another with its name', () => {
    for (const job of speaking) {
      expect(job).toContain('download-artifact@');
      expect(job).toMatch(/with: \{ artifact-ids: '\$\{\{ needs\.build\.outputs\.artifact \}\}' \}/);
    }
    expect(named('build')).toMatch(/artifact: \$\{\{ steps\.upload\.outputs\.artifact-id \}\}/);
  });

  it.each([
    ['publishes what npm does not have', () => '', true],
    [
      'does not fail when it is run again',
      (bytes: Buffer) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      false,
    ],
    ['leaves it to npm to reject other bytes', () => 'sha512-AAAA', true],
  ])('it %s', (_, published, publishes) => {
    const [, script = ''] = /VERSION:[\s\S]*? run: \|\n((?: {10}.*\n)+)/.exec(named('publish')) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'publish-'));
    try {
      const bytes = Buffer.from('a package');
      mkdirSync(join(folder, 'release'));
      writeFileSync(join(folder, 'release/alb-jwt-authorizer-1.2.3.tgz'), bytes);
      const integrity = published(bytes);
      writeFileSync(
        join(folder, 'npm'),
        `#!/bin/sh\necho "$@" >> calls\n[ "$1" = publish ] || { ${integrity === '' ? 'exit 1' : `echo ${integrity}`}; }\n`,
      );
      chmodSync(join(folder, 'npm'), 0o755);
      const env = {
        ...process.env,
        VERSION: '1.2.3',
        DIST_TAG: 'latest',
        PATH: `${folder}${delimiter}${process.env.PATH}`,
      };
      execFileSync('bash', ['-e', '-c', script], { cwd: folder, env });
      const [first, ...others] = readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n');
      expect(first).toMatch(/^view alb-jwt-authorizer@1\.2\.3 dist\.integrity /);
      expect(others.map((call) => call.replace(/ --registry \S+/, ''))).toEqual(
        publishes
          ? [
              'publish ./release/alb-jwt-authorizer-1.2.3.tgz --access public --provenance --ignore-scripts --tag latest',
            ]
          : [],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
