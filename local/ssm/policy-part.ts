/** What a part of the stack needs of the policy. */
export interface PolicyPart {
  readonly providers: Readonly<Record<string, object>>;
  readonly routes: readonly object[];
  readonly resources?: readonly object[];
}

/** One policy of several parts, whose paths have nothing in common. */
export function policyOf(parts: readonly PolicyPart[]): string {
  const resources = parts.flatMap((part) => part.resources ?? []);
  return JSON.stringify({
    providers: Object.assign({}, ...parts.map(({ providers }) => providers)),
    ...(resources.length > 0 && { resources }),
    routes: parts.flatMap(({ routes }) => routes),
  });
}
