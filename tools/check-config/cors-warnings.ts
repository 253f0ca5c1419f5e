import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { isLoopback } from '../../lambda/core/config/url.ts';

/** What `cors` says that is valid and probably not meant. */
export function corsWarnings({ cors }: PolicyDocument): string[] {
  if (cors === undefined) return [];
  if (cors.origins.includes('*')) {
    return [
      'cors.origins: "*" lets every page read what the API answers to its visitors, from their networks: list the origins, unless that is what the API is for',
    ];
  }
  const onThisMachine = cors.origins.filter(isOnThisMachine);
  return (onThisMachine.length < cors.origins.length ? onThisMachine : []).map(
    (origin) =>
      `cors.origins: ${origin} is whatever page runs there on the machine of each visitor: leave it out of production`,
  );
}

/** As a developer's server is; an app that has pages in itself gives them no port. */
const isOnThisMachine = (origin: string): boolean =>
  /^https?:.*:\d+$/.test(origin) && isLoopback(new URL(origin));
