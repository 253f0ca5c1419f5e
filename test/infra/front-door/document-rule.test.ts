import { describe, expect, it } from '@jest/globals';
import { documentRule, documentsArrive } from '../../../infra/front-door/document-rule.ts';
import { parseOptions } from '../../../infra/options/parse-options.ts';
import { CERTIFICATE, contextOf, NATIVE, SHAPE_NAMES } from '../shapes.ts';
import { optionsOf, templateOf } from '../synth.ts';

const DOCUMENTS = ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/*'];
const TYPE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

/** The rules that match metadata requests, in order: their actions, and whether they match nothing else. */
function rulesFor(context: Record<string, string | undefined>) {
  return Object.values(templateOf(context).findResources(TYPE))
    .map(({ Properties }) => {
      const values: string[] = Properties.Conditions[0].PathPatternConfig.Values;
      return {
        priority: Number(Properties.Priority),
        paths: values,
        actions: Properties.Actions.map(({ Type }: { Type: string }) => Type),
      };
    })
    .filter(({ paths }) => paths.some((path) => DOCUMENTS.includes(path)));
}
function problemsOf(context: Record<string, string | undefined>): readonly string[] {
  const parsed = parseOptions(context, {});
  return parsed.kind === 'invalid' ? parsed.problems : [];
}
const NATIVE_FIRST = { ...NATIVE, nativePreFilter: 'true' };

describe('the rule for protected resource metadata', () => {
  it('is within the range of the stack, and forwards', () => {
    const [rule, ...more] = rulesFor({});
    expect(more).toEqual([]);
    expect(rule).toMatchObject({ paths: DOCUMENTS, actions: ['forward'] });
    expect(rule?.priority).toBeGreaterThan(10);
    expect(rule?.priority).toBeLessThan(1010);
  });

  it('is the same whatever the other paths are', () => {
    const [{ priority } = { priority: 0 }] = rulesFor({});
    expect(rulesFor({ paths: '/api/*,/v2/*,/v3/*,/orders/*' })).toMatchObject([{ priority }]);
  });

  it('does not verify even if the load balancer does', () => {
    expect(rulesFor(NATIVE_FIRST)).toMatchObject([{ actions: ['forward'] }]);
  });

  it('does not exist if another rule already sends those requests unverified', () => {
    for (const paths of ['/*', '/?*', '/.well-known/*', '/api/*,/*', DOCUMENTS[1], `${DOCUMENTS[0]}*`]) {
      expect([paths, Object.keys(templateOf({ paths }).findResources(TYPE)).length]).toEqual([paths, 1]);
    }
    expect(rulesFor({ paths: DOCUMENTS[0] })).toHaveLength(2);
  });

  it('comes before a rule that verifies and would match them', () => {
    for (const paths of ['/*', '/api/*,/.well-known/*', '/*/x']) {
      expect([paths, rulesFor({ ...NATIVE_FIRST, paths })]).toEqual([
        paths,
        [{ priority: 9, paths: DOCUMENTS, actions: ['forward'] }],
      ]);
    }
  });

  it("is opt-in on somebody else's listener, and does not exist without a function", () => {
    const existing = contextOf('existing-listener');
    expect(rulesFor(existing)).toEqual([]);
    expect(rulesFor({ ...existing, resourceDocuments: 'true' })).toHaveLength(1);
    expect(rulesFor({ resourceDocuments: 'false' })).toEqual([]);
    expect(rulesFor(contextOf('native-only'))).toEqual([]);
    expect(problemsOf({ ...contextOf('native-only'), resourceDocuments: 'true' })).toEqual([
      'nativeOnly excludes resourceDocuments: there is no function',
    ]);
  });

  it('is left out if no priority is free for it, unless it is requested', () => {
    expect(rulesFor({ rulePriority: '49002' })).toEqual([]);
    expect(rulesFor({ rulePriority: '49001' })).toHaveLength(1);
    expect(problemsOf({ rulePriority: '49002', resourceDocuments: 'true' })).toEqual([
      'rulePriority must be at most 49001, because the rule for protected resource metadata takes its priority from a range of 1000',
    ]);
    const ahead = { ...NATIVE_FIRST, certificateArn: CERTIFICATE, paths: '/*', rulePriority: '1' };
    expect(rulesFor(ahead)).toEqual([]);
    expect(problemsOf({ ...ahead, resourceDocuments: 'true' })).toEqual([
      'rulePriority must be at least 2, because the rules for protected resource metadata come before the others; raise it, or set resourceDocuments=false',
    ]);
  });

  it('is left out if the wildcards of a host leave no room for it, unless it is requested', () => {
    const context = { paths: '/graphql', hosts: '*a*b*c*d*.example.com' };
    expect(problemsOf(context)).toEqual([]);
    expect(rulesFor(context)).toEqual([]);
    expect(rulesFor({ ...context, hosts: '*a*b*c*.example.com' })).toHaveLength(1);
    expect(problemsOf({ ...context, resourceDocuments: 'true' })).toEqual([
      'resourceDocuments: /.well-known/oauth-protected-resource/* with the host *a*b*c*d*.example.com has 6 wildcards, including its bare prefix, but a rule takes at most 5',
    ]);
  });

  it('is left out if paths and hosts need all rules of a stack, unless it is requested', () => {
    const paths = Array.from({ length: 254 }, (_, index) => `/p${index}`).join();
    expect(problemsOf({ paths })).toEqual([]);
    expect(documentRule(optionsOf({ paths }))).toBeUndefined();
    expect(problemsOf({ paths, resourceDocuments: 'true' })).toEqual([
      'paths and hosts need 251 listener rules, but a stack has at most 250; use wildcards, such as *.example.com',
    ]);
  });

  it("sends metadata requests in every shape with a verifier, except on somebody else's listener", () => {
    const without = SHAPE_NAMES.filter((shape) => {
      const options = optionsOf(contextOf(shape));
      return !options.authorizer && !documentsArrive(options);
    });
    expect(without).toEqual(['existing-listener', 'native-only']);
  });

  it('has as many rules as the hosts need', () => {
    const hosts = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.example.com`).join();
    const rules = rulesFor({ hosts });
    expect(rules).toHaveLength(3);
    expect(
      rulesFor({ ...NATIVE_FIRST, paths: '/*', hosts })
        .map(({ priority }) => priority)
        .sort(),
    ).toEqual([7, 8, 9]);
  });
});

it.each(['/orders/*', '/.well-kno', '/.well-known/x/*', '/Api/*'])(
  '%s has nothing in common with documents',
  (path) => {
    const options = { nativeOnly: false, nativePreFilter: true, listenerArn: undefined, hosts: undefined };
    expect(
      documentRule({ ...options, paths: [path], rulePriority: 10, resourceDocuments: undefined }),
    ).toMatchObject({
      place: 'among',
    });
  },
);
