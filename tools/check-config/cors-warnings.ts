import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { isLoopback } from '../../lambda/core/config/url.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';

/** What is valid in `cors` and probably a mistake. */
export function corsWarnings({ cors }: PolicyDocument): Warning[] {
  if (cors === undefined) return [];
  if (cors.origins.includes('*')) {
    return [
      originWarning(
        '*',
        `"*" lets every page call the API from its visitors' networks and read the responses: list the origins, unless the API is public`,
      ),
    ];
  }
  const onThisMachine = cors.origins.filter(isOnThisMachine);
  return (onThisMachine.length < cors.origins.length ? onThisMachine : []).map((origin) =>
    originWarning(
      origin,
      `${origin} allows any page that a visitor's own machine serves on that port: leave it out in production`,
    ),
  );
}

const originWarning = (origin: string, message: string): Warning => ({
  ...ofPolicy('cors-origin', `cors.origins: ${message}`),
  subject: origin,
});

/** Looks like a developer's server, which has a port. The pages of an app have none. */
const isOnThisMachine = (origin: string): boolean =>
  /^https?:.*:\d+$/.test(origin) && isLoopback(new URL(origin));
