import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lookedUp, SIGNED_IN } from './front-door/looked-up-vpc.ts';

/** Runs the app as the CDK CLI does: by the command of cdk.json, with context and output directory from outside. */
function synthesize(context: Record<string, unknown>, outdir: string, cdkDefaults: object = {}) {
  const { app } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const [command, ...args] = app.split(' ');
  return spawnSync(command === 'node' ? process.execPath : command, args, {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_OUTDIR: outdir,
      ...cdkDefaults,
    },
  });
}

describe('the app', () => {
  let outdir: string;
  beforeEach(() => {
    outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  });
  afterEach(() => rmSync(outdir, { recursive: true }));

  it('synthesizes without context, credentials or network, with its bundles as the assets', () => {
    const { status, stderr } = synthesize({}, outdir);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
    const files = assets.flatMap((asset) => readdirSync(join(outdir, asset)));
    expect(files.sort()).toEqual(['alb-handler.mjs', 'configuration-handler.mjs']);
    const template = readFileSync(join(outdir, 'AlbJwtAuthorizer.template.json'), 'utf8');
    for (const asset of assets) expect(template).toContain(`${asset.slice('asset.'.length)}.zip`);
  });

  it('deploys a stage with the options in its file', () => {
    const { status, stderr } = synthesize({ stage: 'production', memorySize: '1024' }, outdir);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).toContain(
      'Listener rules: 2, at priority 10, 704. Keep the range of 1000 from 10 to 1009 free of other rules',
    );
    const template = readFileSync(join(outdir, 'AlbJwtAuthorizer.template.json'), 'utf8');
    const { Outputs, Resources } = JSON.parse(template);
    expect(Outputs.Url.Value).toBe('https://api.example.com/api/');
    expect(Resources).toHaveProperty('Certificate.Properties.DomainName', 'api.example.com');
    const metadata = readFileSync(join(outdir, 'AlbJwtAuthorizer.metadata.json'), 'utf8');
    expect(metadata).toContain('memorySize is \\"1024\\" in the context');
  });

  it('is the same with cached lookups for other stages, which operators commit', () => {
    const synthesized = (context: Record<string, unknown>) => {
      expect(synthesize(context, outdir)).toMatchObject({ status: 0 });
      return readFileSync(join(outdir, 'AlbJwtAuthorizer.template.json'), 'utf8');
    };
    const looked = {
      'vpc-provider:account=123456789012:filter.vpc-id=vpc-0123456789abcdef0:region=eu-west-1': {
        vpcId: 'x',
      },
      'availability-zones:account=123456789012:region=eu-west-1': ['eu-west-1a'],
      'acknowledged-issue-numbers': [1],
    };
    expect(synthesized(looked)).toBe(synthesized({}));
  });

  it('puts a permissions boundary on every role', () => {
    const boundary = { '@aws-cdk/core:permissionsBoundary': { name: 'Boundary' } };
    expect(synthesize({ ...boundary, authorizer: 'true' }, outdir)).toMatchObject({ status: 0 });
    const template = readFileSync(join(outdir, 'AlbJwtAuthorizer.template.json'), 'utf8');
    const roles = Object.values<{ Type: string; Properties: object }>(JSON.parse(template).Resources).filter(
      ({ Type }) => Type === 'AWS::IAM::Role',
    );
    expect(roles.length).toBeGreaterThan(2);
    for (const { Properties } of roles) expect(Properties).toHaveProperty('PermissionsBoundary');
  });

  it('gives each function the bundle of its own handler', () => {
    const { status, stderr } = synthesize({ authorizer: 'true' }, outdir);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
    expect(assets.flatMap((asset) => readdirSync(join(outdir, asset))).sort()).toEqual([
      'alb-handler.mjs',
      'authorizer-handler.mjs',
      'configuration-handler.mjs',
    ]);
  });

  it('fails for a policy that the function would reject, and reports it with every other problem', () => {
    const policy = join(outdir, 'policy.json');
    writeFileSync(policy, '{"rutes": []}');
    const { status, stderr } = synthesize({ policy, memorySize: '1' }, outdir);
    expect(status).toBe(1);
    expect(stderr).toContain('memorySize must be a whole number');
    expect(stderr).toContain('policy: rutes: is not a known field; did you mean "routes"?');
    expect(stderr).toContain(`(${policy}:1:2)`);
  });

  it('says about a policy what check-config says, with an id for acknowledging it', () => {
    const policy = join(outdir, 'policy.json');
    writeFileSync(policy, '{"unmatched": "deny",\n "routes": [{"path": "/web/:id", "scopes": ["a"]}]}');
    expect(synthesize({ policy, paths: '/web/*' }, outdir)).toMatchObject({ status: 0 });
    const metadata = readFileSync(join(outdir, 'AlbJwtAuthorizer.metadata.json'), 'utf8');
    expect(metadata).toContain('policy: routes.0.path: has \\":\\" and a name');
    expect(metadata).toContain(`(${policy}:2:22)`);
    expect(metadata).toContain('[ack: alb-jwt-authorizer:policy:path-syntax:/web/:id.path]');
    expect(metadata).not.toContain('path-not-sent');
  });

  it('fails for a VPC without subnets that a load balancer accepts, and lists the subnets', () => {
    const context = lookedUp(['Public', 'Public', ['a', 0]], ['App', 'Private', ['b', 10]]);
    const { status, stderr } = synthesize(context, outdir, SIGNED_IN);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'Cannot synthesize because an option is wrong:\n  - vpcId: vpc-0123456789abcdef0 has no public',
    );
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(false);
  });

  it('fails with one message that names every wrong context value', () => {
    const { status, stderr } = synthesize(
      { intrenal: 'true', rulePriority: 'first', memorySize: '1' },
      outdir,
    );
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'Cannot synthesize because 3 options are wrong:',
      '  - intrenal is not an option; did you mean internal?',
      '  - rulePriority must be a whole number from 1 to 50000; it is "first"',
      '  - memorySize must be a whole number from 128 to 10240; it is "1"',
    ]);
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(false);
  });
});
