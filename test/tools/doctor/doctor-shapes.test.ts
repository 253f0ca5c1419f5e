import { expect, test } from '@jest/globals';
import { createResolver, type Template } from '../../../local/assembly/template-values.ts';
import type { DeployedStack } from '../../../tools/deployment/find-stack.ts';
import { contextOf, SHAPE_NAMES, type ShapeName } from '../../infra/shapes.ts';
import { templateOf } from '../../infra/synth.ts';
import { type Changes, DOOR, ours, responseOf, runIn, STACK, stored, textOf } from './doctor-world.ts';

/** The stack of a shape as CloudFormation would describe it. */
function stackOf(shape: ShapeName): DeployedStack {
  const template = templateOf(contextOf(shape)).toJSON() as Template & {
    readonly Description: string;
    readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
  };
  const resolve = createResolver(template, {
    region: 'eu-west-1',
    account: '123456789012',
    stackName: STACK.name,
  });
  const textOfOutput = (name: string, value: unknown): string => {
    try {
      const text = String(resolve(value));
      if (!name.endsWith('Url') || URL.canParse(text)) return text;
    } catch {
      // Its value comes from intrinsics that are not resolved here.
    }
    return 'https://known-in-aws-alone.example/api/';
  };
  const outputs = Object.entries(template.Outputs).map(
    ([name, { Value }]) => [name, textOfOutput(name, Value)] as const,
  );
  return { ...STACK, description: template.Description, outputs: Object.fromEntries(outputs) };
}

test.each(SHAPE_NAMES)('%s', async (shape) => {
  const stack = stackOf(shape);
  const internal = shape.startsWith('verified-access');
  const path = stack.outputs.ConfigPath ?? '';
  const changes: Changes = {
    aws: {
      stacks: async () => [stack],
      door: async () => ({ ...DOOR, internal, dnsName: 'localhost' }),
      parametersUnder: async () =>
        stored().map((one) => ({ ...one, Name: one.Name?.replace('/app', path) ?? '' })),
      certificate: async () => ({
        Status: 'ISSUED',
        DomainName: 'example.com',
        SubjectAlternativeNames: ['*.example.com'],
      }),
    },
    call: async ({ url }) => {
      if (url.href === stack.outputs.AdminUrl)
        return responseOf(302, { location: 'https://login.example.com/' });
      if (url.href === stack.outputs.DemoApiUrl) return responseOf(401);
      return shape === 'native-only' ? responseOf(401, { server: 'awselb/2.0' }) : ours(401, 'token_missing');
    },
  };
  const results = await runIn(changes);
  const amiss = results.flatMap(({ check, findings }) =>
    findings.filter(({ status }) => status !== 'ok').map((finding) => `${check.id}: ${textOf(finding)}`),
  );
  expect(amiss).toEqual((AMISS[shape] ?? []).map((text) => expect.stringMatching(text)));
  const [called = []] = results.flatMap(({ check, findings }) => (check.id === 'call' ? [findings] : []));
  expect(called).toHaveLength(CALLED[shape] ?? 1);
});

const NO_URL = [/^dns: skipped the stack has no URL/, /^call: skipped the stack has no URL.*> Give --url/];
const NO_NAME = [
  /^call: skipped .*the load balancer's own name has no certificate > Give --url https:\/\/YOUR-HOST/,
];

/** Checks that are not ok in a healthy shape, because their subject does not exist or cannot be known. */
const AMISS: { readonly [name in ShapeName]?: readonly RegExp[] } = {
  'existing-listener': NO_URL,
  mcp: NO_URL,
  'native-pre-filter': NO_NAME,
  'web-acl': NO_NAME,
  guarded: NO_NAME,
  'without-keeper': [/^keeper: skipped this deployment runs without one/],
  'native-only': [
    /^dns: skipped the stack has no URL/,
    /^parameters: skipped the load balancer itself verifies tokens/,
    /^keys: skipped needs parameters that are valid/,
    /^keeper: skipped the load balancer itself verifies tokens/,
    /^targets: skipped the stack has none/,
    /^call: skipped the stack has no URL/,
  ],
};

/** How many requests are sent, if not one: two addresses, or an API in addition. */
const CALLED: { readonly [name in ShapeName]?: number } = {
  'verified-access': 2,
  'verified-access/customer-names': 2,
  'api-gateway-authorizer/http': 2,
  'api-gateway-authorizer/rest': 2,
};
