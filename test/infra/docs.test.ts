import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { OPTIONS } from '../../infra/options/options.ts';
import { optionsTable } from '../../infra/options/options-table.ts';
import { parseOptions } from '../../infra/options/parse-options.ts';
import { contextOf, SHAPE_NAMES, type ShapeName } from './shapes.ts';
import { templateOf } from './synth.ts';

const PAGES = 'docs/shapes';
const pageOf = (name: ShapeName) => join(PAGES, `${name.replace(/\/.*/, '')}.md`);

/** All except docs/operations.md and docs/deploying.md, which have nothing to draw. */
const shapes = SHAPE_NAMES.filter((name) => name !== 'watched' && name !== 'guarded');

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: object;
  readonly Principal?: object;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const FOR_ANY_RESOURCE =
  /^(logs:GetQueryResults|cloudwatch:(GetMetricData|GetMetricStatistics|DescribeAlarms)|elasticloadbalancing:Describe\w+)$/;

describe('the docs', () => {
  it('list every option (npm run docs:options writes the list)', () => {
    expect(readFileSync('docs/options.md', 'utf8')).toBe(optionsTable());
  });

  it.each(shapes)('have a page on %s, with a picture, its options and its outputs', (name) => {
    const page = readFileSync(pageOf(name), 'utf8');
    expect(page).toContain('```mermaid');
    for (const option of Object.keys(contextOf(name))) {
      expect(page).toMatch(new RegExp(option.startsWith('oidc') ? `${option}|oidc…` : option));
    }
    const common = [
      'Url',
      'ConfigPath',
      'ConfigRefreshSeconds',
      'Adopted',
      'SetIssuer',
      'SetAudience',
      'SetUpstream',
      'DeleteParameters',
      'SnapshotBucket',
      'Try',
      'LoadBalancerArn',
      'LoadBalancerDnsName',
      'LoadBalancerZoneId',
      'LoadBalancerSecurityGroup',
      'ListenerArn',
      'TargetGroupArn',
      'VerifierFunction',
      'VerifierLogGroup',
      'KeeperFunction',
      'RunKeeper',
    ];
    const outputs = Object.keys(templateOf(contextOf(name)).toJSON().Outputs ?? {});
    // CDK adds an output for a REST API.
    for (const output of outputs.filter((key) => !common.includes(key) && !/Endpoint/.test(key))) {
      expect(page).toContain(output);
    }
  });

  it('have no page about a shape that does not exist, and one page that links to all of them', () => {
    const pages = readdirSync(PAGES).filter((file) => file !== 'README.md');
    const index = readFileSync(join(PAGES, 'README.md'), 'utf8');
    for (const file of pages) expect(index).toContain(`](${file})`);
    expect(pages.map((file) => join(PAGES, file))).toEqual([...new Set(shapes.map(pageOf))].sort());
  });

  it('name only options that exist', () => {
    for (const file of [
      ...readdirSync(PAGES).map((name) => join(PAGES, name)),
      'docs/operations.md',
      'docs/deploying.md',
      'docs/runbook.md',
      'README.md',
    ]) {
      for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(
        /-c (?:name=value|NAME=VALUE|([a-zA-Z]+)=)/g,
      )) {
        if (name !== '') expect([file, name in OPTIONS]).toEqual([file, true]);
      }
    }
  });

  it('show stages that the app accepts', () => {
    const pages = ['docs/deploying.md', ...readdirSync(PAGES).map((name) => join(PAGES, name))];
    const stages = pages.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/```json\n([^`]*stage\.schema\.json[^`]*)```/g)].map(
        ([, text = '']) => ({ file, values: JSON.parse(text) as Record<string, unknown>, places: {} }),
      ),
    );
    expect(stages.length).toBeGreaterThan(4);
    for (const { values, ...stage } of stages) {
      const { $schema: _, ...options } = values;
      const parsed = parseOptions({}, {}, { ...stage, values: options });
      expect([stage.file, parsed]).toEqual([stage.file, expect.objectContaining({ kind: 'ok' })]);
    }
  });

  it('give IAM policies that are JSON, with "*" only for actions that support no narrower resource', () => {
    const page = readFileSync('docs/deploying.md', 'utf8');
    const documents = [...page.matchAll(/```json\n([^`]*)```/g)].map(([, text = '']) => JSON.parse(text));
    const statements = documents.flatMap((document) => document.Statement ?? []) as readonly Statement[];
    expect(statements.length).toBeGreaterThan(5);
    for (const { Action, Resource, Condition, Principal } of statements) {
      const actions = [Action].flat();
      // A trust policy has no resource, and the policy of a key has only the key.
      if (Principal !== undefined) {
        expect(Condition).toBeDefined();
        continue;
      }
      for (const action of actions) expect(action).toMatch(/^[a-z]+:[A-Z][A-Za-z]+$/);
      expect(Resource).toBeDefined();
      for (const resource of [Resource ?? []].flat()) {
        if (resource === '*') expect(actions.filter((one) => !FOR_ANY_RESOURCE.test(one))).toEqual([]);
        else expect(resource).toMatch(/^arn:aws:[a-z]+:(REGION)?:ACCOUNT:[a-z]/);
      }
    }
  });

  it('name every alarm', () => {
    const page = readFileSync('docs/operations.md', 'utf8');
    for (const id of Object.keys(templateOf().findResources('AWS::CloudWatch::Alarm'))) {
      const name = /^Alarms(\w+?)[0-9A-F]{8}$/.exec(id)?.[1];
      expect(page).toContain(`\`${name}\``);
    }
  });

  it('have no dead link', () => {
    for (const file of [
      'docs/options.md',
      'docs/operations.md',
      'docs/deploying.md',
      'README.md',
      ...readdirSync(PAGES).map((name) => join(PAGES, name)),
    ]) {
      for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        if (!/^https?:/.test(target)) {
          expect([file, target, existsSync(join(dirname(file), target))]).toEqual([file, target, true]);
        }
      }
    }
  });
});
