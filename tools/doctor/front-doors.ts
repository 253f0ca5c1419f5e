import type { Facts } from './check.ts';
import type { Call } from './world.ts';

/** An address that requests of a deployment can be sent to. */
export interface Entry extends Call {
  /** Where it is from: an output of the stack, or the option. */
  readonly name: string;
  /** Who answers there first. */
  readonly kind: 'load-balancer' | 'cloudfront' | 'verified-access' | 'api-gateway';
  /** What its host must lead to by DNS; undefined where nobody has to see to that. */
  readonly leadsTo: string | undefined;
}

const KINDS = {
  Url: 'load-balancer',
  CustomerUrl: 'cloudfront',
  AdminUrl: 'verified-access',
  DemoApiUrl: 'api-gateway',
} as const satisfies Record<string, Entry['kind']>;

/** The host that requests ask for, where the URL has the load balancer's own name: the output `Try` has both. */
const NAMED_IN_TRY = /--connect-to ([^:\s]+):\d+:([^:\s]+):\d+/;

/** All entries of a deployment, by its outputs; the one that an option names in place of them. */
export function entriesOf(
  { stack, door }: Partial<Pick<Facts, 'stack' | 'door'>>,
  url: URL | undefined,
): readonly Entry[] {
  const outputs = stack?.outputs ?? {};
  const balancer = outputs.LoadBalancerDnsName ?? door?.dnsName;
  if (url !== undefined) {
    return [
      { name: '--url', kind: 'load-balancer', url, leadsTo: namedLikeOutput(url, outputs) ?? balancer },
    ];
  }
  const targets = {
    Url: balancer,
    CustomerUrl: outputs.CustomerCname,
    AdminUrl: outputs.AdminCname,
    DemoApiUrl: undefined,
  };
  return (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((name) => {
    const text = outputs[name];
    if (text === undefined || !URL.canParse(text)) return [];
    const entry = { name, kind: KINDS[name], leadsTo: targets[name] };
    return [
      { ...entry, ...(name === 'Url' ? withHost(new URL(text), outputs.Try) : { url: new URL(text) }) },
    ];
  });
}

/** A host of one of the other ways in leads elsewhere than to the load balancer. */
function namedLikeOutput({ host }: URL, outputs: Readonly<Record<string, string>>): string | undefined {
  const is = (name: string) =>
    URL.canParse(outputs[name] ?? '') && new URL(outputs[name] ?? '').host === host;
  if (is('CustomerUrl')) return outputs.CustomerCname;
  return is('AdminUrl') ? outputs.AdminCname : undefined;
}

function withHost(url: URL, command: string | undefined): Call {
  const [, host, through] = NAMED_IN_TRY.exec(command ?? '') ?? [];
  if (host === undefined || host === 'YOUR-HOST' || through !== url.hostname) return { url };
  const named = new URL(url);
  named.hostname = host;
  return { url: named, through };
}

/** Whether an entry has the name that AWS has given it, for which there is neither a record nor a certificate. */
export const isOwnName = ({ url, leadsTo }: Entry): boolean =>
  leadsTo?.toLowerCase() === url.hostname.toLowerCase();
