/**
 * The path that a decision is on: that part of an event's path which the ARN names. An event's path begins with
 * a custom domain's base path or with the stage, by API type; a route must not be missed for that, as what
 * is allowed is the ARN's. Empty, which is no canonical path, where the two do not fit together.
 */
export function pathOfArn(path: string, arn: string): string {
  const named = decoded(`/${arn.split('/').slice(3).join('/')}`);
  for (let at = 0; at !== -1; at = path.indexOf('/', at + 1)) {
    const rest = path.slice(at);
    if (decoded(rest) === named) return rest;
  }
  return '';
}

/** Whether ARNs have paths encoded or decoded is not documented, so both are compared decoded. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
