/** The policy that a part of the stack needs. */
export interface PolicyPart {
  readonly providers: Readonly<Record<string, object>>;
  readonly routes: readonly object[];
  readonly resources?: readonly object[];
}

/** Merges the policies of several parts, whose paths must not overlap. */
export function policyOf(parts: readonly PolicyPart[]): string {
  const resources = parts.flatMap((part) => part.resources ?? []);
  return JSON.stringify({
    providers: Object.assign({}, ...parts.map(({ providers }) => providers)),
    ...(resources.length > 0 && { resources }),
    routes: parts.flatMap(({ routes }) => routes),
  });
}
