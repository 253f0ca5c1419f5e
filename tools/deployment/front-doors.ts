import type { DeployedStack } from './find-stack.ts';

/** A request without a token. */
export interface Call {
  readonly url: URL;
  /** The host to connect to instead of the URL's, which stays in the Host field. */
  readonly through?: string | undefined;
}

/** What is known about how requests reach a deployment. */
export interface Reached {
  readonly stack?: Pick<DeployedStack, 'outputs'>;
  /** The listener that has the rules, and the name of its load balancer. */
  readonly door?: { readonly port: number; readonly dnsName: string };
}

/** An address that requests of a deployment can be sent to. */
export interface Entry extends Call {
  /** What responds there first. */
  readonly kind: 'load-balancer' | 'cloudfront' | 'verified-access' | 'api-gateway';
  /** What its host must resolve to; undefined if no DNS record is needed. */
  readonly leadsTo: string | undefined;
}

const KINDS = {
  Url: 'load-balancer',
  CustomerUrl: 'cloudfront',
  AdminUrl: 'verified-access',
  DemoApiUrl: 'api-gateway',
} as const satisfies Record<string, Entry['kind']>;

/** The host to request if the URL has the load balancer's own name. The output `Try` has both. */
const NAMED_IN_TRY = /--connect-to ([^:\s]+):\d+:([^:\s]+):\d+/;

/** All entries of a deployment, from its outputs, or instead the one that an option names. */
export function entriesOf({ stack, door }: Reached, given: URL | undefined): readonly Entry[] {
  const outputs = stack?.outputs ?? {};
  const balancer = outputs.LoadBalancerDnsName ?? door?.dnsName;
  const targets = {
    Url: balancer,
    CustomerUrl: outputs.CustomerCname,
    AdminUrl: outputs.AdminCname,
    DemoApiUrl: undefined,
  };
  const entries = (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((name): Entry[] => {
    const text = outputs[name];
    if (text === undefined || !URL.canParse(text)) return [];
    const url = new URL(text);
    return [
      {
        kind: KINDS[name],
        leadsTo: targets[name],
        ...(name === 'Url' ? withHost(url, outputs.Try) : { url }),
      },
    ];
  });
  if (given === undefined) return entries;
  // One of the addresses, with another path.
  const same = entries.find(({ url }) => url.host === given.host);
  return [{ kind: 'load-balancer', leadsTo: balancer, ...same, url: given }];
}

function withHost(url: URL, command: string | undefined): Call {
  const [, host, through] = NAMED_IN_TRY.exec(command ?? '') ?? [];
  if (host === undefined || host === 'YOUR-HOST' || through !== url.hostname) return { url };
  const named = new URL(url);
  named.hostname = host;
  return { url: named, through };
}

/** Whether an entry has its AWS name, which needs no record and has no certificate. */
export const isOwnName = ({ url, leadsTo }: Entry): boolean =>
  leadsTo?.toLowerCase() === url.hostname.toLowerCase();
