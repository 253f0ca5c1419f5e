import { authorizationServers, routesOfResource } from '../../../lambda/core/config/resource-document.ts';
import type { ResourceDocument } from '../../../lambda/core/config/resources-schema.ts';
import { changesIn } from './changes-in.ts';
import type { Side } from './side.ts';
import { isFallback, isWritten, type SideRule } from './side-rule.ts';

/** Where the resources of two policies differ. A resource is identified by its path. */
export function resourceChanges(before: Side, after: Side): string[] {
  const [was, now] = [placed(before), placed(after)];
  const [there, here] = [was, now].map((some) => new Map(some.map((one) => [one.document.path, one])));
  const stayed = (some: readonly Placed[], others: typeof here) =>
    some.map(({ document: { path } }) => path).filter((path) => others?.has(path));
  return [
    ...was.filter(({ document: { path } }) => !here?.has(path)).map(({ name }) => `${name}: removed`),
    ...now.filter(({ document: { path } }) => !there?.has(path)).map(({ name }) => `${name}: added`),
    ...(stayed(was, here).join('\n') === stayed(now, there).join('\n') ? [] : ['resources: order']),
    ...now.flatMap((other) => {
      const one = there?.get(other.document.path);
      if (one === undefined) return [];
      const isWrittenIn = (member: keyof ResourceDocument) =>
        [one, other].some(({ document }) => document[member] !== undefined);
      const compared = [one, other].map((side) => ({
        ...side.document,
        scopes: side.document.scopes ?? [],
        advertisedScopes: Object.entries(side.document.advertisedScopes ?? {})
          .filter(([scope, name]) => scope !== name)
          .sort(),
        // Values derived from other members are not reported as if the policy had them.
        authorizationServers: isWrittenIn('authorizationServers') ? side.servers() : undefined,
        allowedOrigins: isWrittenIn('allowedOrigins') ? side.origins : undefined,
      }));
      return changesIn(other.name, compared[0], compared[1], 1);
    }),
  ];
}

interface Placed {
  readonly document: ResourceDocument;
  readonly name: string;
  readonly origins: ReadonlySet<string> | 'any';
  readonly servers: () => readonly string[];
}

const placed = ({ policy, resources, rules }: Side): readonly Placed[] =>
  (policy.resources ?? []).map((document, index) => ({
    document,
    name: `resources.${index} (${document.path})`,
    origins: resources.rules[index]?.resource.allowedOrigins?.origins ?? 'any',
    servers() {
      const { authorizationServers: own } = document;
      const patterns = resources.rules[index]?.patterns;
      if (own !== undefined || patterns === undefined) return own ?? [];
      const fallback = rules.find(isFallback) as SideRule;
      const routes = routesOfResource(patterns, rules.filter(isWritten), fallback.route);
      return authorizationServers(routes.flatMap(({ providers }) => providers));
    },
  }));
