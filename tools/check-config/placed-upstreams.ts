import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import type { Warning } from '../../lambda/core/config/warning.ts';

/** An address that requests are sent to, and where it is. */
export interface PlacedUpstream extends Pick<Warning, 'parameter'> {
  /** What a message about it begins with; empty for the parameter. */
  readonly place: string;
  readonly url: URL;
}

/** The upstream of the parameter and those of routes, without `whoami`. */
export function placedUpstreams({ routes = [] }: PolicyDocument, { upstream }: Config): PlacedUpstream[] {
  return [
    ...(upstream.kind === 'origin'
      ? [{ parameter: 'upstream', place: '', url: upstream.origin } as const]
      : []),
    ...routes.flatMap((route, index) =>
      URL.canParse(route.upstream ?? '')
        ? [
            {
              parameter: 'policy',
              place: `routes.${index}.upstream: `,
              url: new URL(route.upstream ?? ''),
            } as const,
          ]
        : [],
    ),
  ];
}
