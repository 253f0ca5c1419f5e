import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { contextOf, SHAPE_NAMES, type ShapeName } from './shapes.ts';
import { templateOf } from './synth.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** What a picture must show if the template has a resource of the type, and must not show otherwise. */
const DRAWN: Readonly<Record<string, RegExp>> = {
  'AWS::ElasticLoadBalancingV2::TargetGroup': /\bfunction\b/,
  'Custom::AlbJwtAuthorizerConfiguration': /SSM parameters/,
  'AWS::Events::Rule': /\bkeeper\b/,
  'AWS::CertificateManager::Certificate': /\[certificate\]/,
  'AWS::Route53::RecordSet': /alias record/,
  'AWS::Cognito::UserPool': /Cognito user pool/,
  'AWS::CloudFront::Distribution': /CloudFront/,
  'AWS::EC2::VerifiedAccessEndpoint': /Verified Access/,
  'AWS::WAFv2::WebACLAssociation': /web ACL/,
  'AWS::EC2::VPCEndpoint': /gateway endpoint/,
};

const pageNameOf = (name: ShapeName): string => name.replace(/\/.*/, '');

/** Without those whose options operations.md and deploying.md describe, which have no picture. */
const DRAWN_SHAPES = SHAPE_NAMES.filter((name) => name !== 'watched' && name !== 'guarded');

const pageOf = (page: string): string => readFileSync(`docs/shapes/${page}.md`, 'utf8');

const pictureOf = (page: string): string =>
  /```mermaid\n(flowchart[^`]*)```/.exec(pageOf(page))?.[1] ?? 'no picture';

const resourcesOf = (context: Record<string, string>): readonly Resource[] =>
  Object.values(templateOf(context).toJSON().Resources);

const propertiesOf = (resources: readonly Resource[], type: string, property: string): string[] =>
  resources.flatMap(({ Type, Properties }) => (Type === type ? [String(Properties?.[property])] : []));

const prioritiesOf = (resources: readonly Resource[]): string[] =>
  propertiesOf(resources, 'AWS::ElasticLoadBalancingV2::ListenerRule', 'Priority');

const rulesIn = (resources: readonly Resource[]): string =>
  JSON.stringify(resources.filter(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::ListenerRule'));

it.each([...new Set(DRAWN_SHAPES.map(pageNameOf))])(
  'the picture of %s shows what its template has',
  (page) => {
    const picture = pictureOf(page);
    const names = DRAWN_SHAPES.filter((name) => pageNameOf(name) === page);
    const templates = names.map((name) => resourcesOf(contextOf(name)));
    const all = templates.flat();
    for (const [type, words] of Object.entries(DRAWN)) {
      const inSome = all.some(({ Type }) => Type === type);
      const inEach = templates.every((resources) => resources.some(({ Type }) => Type === type));
      // A page with several templates may draw any of them.
      if (inSome === inEach) expect([type, words.test(picture)]).toEqual([type, inSome]);
    }
    const drawsNewOne = !/of another stack|new or existing/.test(picture);
    expect(drawsNewOne).toBe(all.some(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::LoadBalancer'));
    const ports = propertiesOf(all, 'AWS::ElasticLoadBalancingV2::Listener', 'Port');
    for (const port of ports) expect(picture).toContain(`port ${port}`);
    const rules = rulesIn(all);
    expect(/resource metadata/.test(picture)).toBe(rules.includes('/.well-known/'));
    expect(/jwt-validation/.test(picture)).toBe(rules.includes('jwt-validation'));
    expect(/API Gateway/.test(picture)).toBe(all.some(({ Type }) => Type.startsWith('AWS::ApiGateway')));
    const ready = /"ProvisionedConcurrentExecutions":(\d+)/.exec(JSON.stringify(all))?.[1];
    expect(/(\d+) environments ready/.exec(picture)?.[1]).toBe(ready);
  },
);

it.each(['existing-listener', 'mcp'] as const)(
  'the picture of %s shows the priority of each rule',
  (name) => {
    for (const priority of prioritiesOf(resourcesOf(contextOf(name)))) {
      expect(pictureOf(name)).toContain(`priority ${priority}: `);
    }
  },
);

it('the picture of paths-and-hosts shows the rules of its example, and the page prints what the synth does', () => {
  const page = pageOf('paths-and-hosts');
  const { paths, hosts } = JSON.parse(/```json\n([^`]*)```/.exec(page)?.[1] ?? '{}') as Record<
    string,
    string[]
  >;
  const priorities = prioritiesOf(resourcesOf({ paths: `${paths}`, hosts: `${hosts}` })).sort(
    (a, b) => +a - +b,
  );
  const drawn = [...pictureOf('paths-and-hosts').matchAll(/priority (\d+)/g)].map(([, one]) => one);
  expect(drawn).toEqual(priorities);
  expect(page).toContain(`Listener rules: ${priorities.length}, at priority ${priorities.join(', ')}.`);
});
