import type { CertificateDetail } from '@aws-sdk/client-acm';
import { reachOf } from '../../../lambda/core/config/address.ts';
import { firstLine } from '../../../lambda/io/service-error.ts';
import { defineCheck, type Finding, found, ok, problem, skipped, warning } from '../check.ts';
import { findingOf } from '../finding-of.ts';
import { type Entry, entriesOf, isOwnName } from '../front-doors.ts';
import { covers, judgeCertificate, namesOf } from '../judge-certificate.ts';
import type { World } from '../world.ts';

const certificate = defineCheck({
  id: 'certificate',
  title: 'Certificate',
  about:
    "each certificate of the listener: issued, or which DNS record ACM waits for, when it ends, and whether one is for the domain's name",
  actions: [
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeListenerCertificates',
    'elasticloadbalancing:DescribeLoadBalancers',
    'acm:DescribeCertificate',
  ],
  scope: 'aws',
  needs: ['stack'],
  wants: ['resources'],
  gives: ['door'],
  async run({ stack, resources }, { aws, now, url }) {
    const { ListenerArn } = stack.outputs;
    const door = ListenerArn === undefined ? undefined : await aws.door(ListenerArn);
    // While a first deploy waits for ACM, there is no listener yet.
    const ofType = (wanted: string) => resources?.filter(({ type }) => type === wanted) ?? [];
    const own = ofType('AWS::CertificateManager::Certificate');
    const arns = [
      ...new Set([
        ...(door?.certificateArns ?? []),
        ...own.flatMap(({ physicalId }) => (physicalId?.startsWith('arn:') ? [physicalId] : [])),
      ]),
    ];
    const facts = door === undefined ? {} : { door };
    if (arns.length === 0) return found(withoutCertificate(door?.secure), facts);
    const looked = await Promise.all(arns.map((arn) => lookAt(arn, aws, now())));
    const names = looked.flatMap(({ described }) => (described === undefined ? [] : namesOf(described)));
    const complete = looked.every(({ described }) => described !== undefined);
    const hosts = entriesOf({ stack, ...facts }, url)
      .filter(
        (entry) => entry.kind === 'load-balancer' && entry.url.protocol === 'https:' && !isOwnName(entry),
      )
      .map((entry) => entry.url.hostname);
    const foreign = resources !== undefined && ofType('AWS::ElasticLoadBalancingV2::Listener').length === 0;
    // A listener that others share has their certificates, too.
    const matters = ({ described }: Looked) =>
      !foreign || described === undefined || hosts.some((host) => covers(namesOf(described), host));
    const uncovered = complete ? hosts.filter((host) => !covers(names, host)) : [];
    return found(
      [
        ...looked.map((one) => (matters(one) ? one.finding : ofOthers(one.finding))),
        ...uncovered.map((host) =>
          problem(
            `no certificate of the listener is for ${host}: they are for ${names.join(', ')}`,
            'Deploy with a certificate for it as certificateArn, or as one of sniCertificateArns.',
          ),
        ),
      ],
      facts,
    );
  },
});

function withoutCertificate(secure: boolean | undefined): Finding {
  if (secure === undefined) return skipped('there is no listener and no certificate of the stack yet');
  return warning(
    'the listener is plain HTTP, so bearer tokens travel in clear text',
    'For anything but a trial, deploy with domainName and hostedZoneId, or with certificateArn: docs/options.md',
  );
}

const ofOthers = (finding: Finding): Finding =>
  finding.status === 'problem'
    ? warning(`${finding.detail}; the listener is not of this stack`, finding.remedy)
    : finding;

interface Looked {
  readonly finding: Finding;
  readonly described: CertificateDetail | undefined;
}

async function lookAt(arn: string, aws: World['aws'], now: number): Promise<Looked> {
  if (!arn.includes(':acm:')) {
    return { finding: skipped(`${arn} is not in ACM, so you renew it yourself`), described: undefined };
  }
  try {
    const described = await aws.certificate(arn);
    return { finding: judgeCertificate(described, now), described };
  } catch (error) {
    return { finding: findingOf(error), described: undefined };
  }
}

const dns = defineCheck({
  id: 'dns',
  title: 'DNS',
  about: 'whether the domain name leads to the load balancer, to CloudFront or to Verified Access',
  scope: 'aws',
  needs: ['stack'],
  wants: ['door'],
  async run(facts, { url, addressesOf }) {
    const entries = entriesOf(facts, url);
    const named = entries.filter(
      (entry) => !isOwnName(entry) && entry.through === undefined && !isAddress(entry.url.hostname),
    );
    const led = named.flatMap(({ leadsTo, ...entry }) =>
      leadsTo === undefined ? [] : [{ ...entry, leadsTo }],
    );
    if (led.length > 0) return found(await Promise.all(led.map((entry) => compare(entry, addressesOf))));
    if (entries.length === 0) {
      return found(
        skipped('the stack has no URL', 'To have a name of yours looked up, give --url https://HOST/PATH.'),
      );
    }
    return found(ok("requests go to AWS's own names or to IP addresses, which need no DNS record"));
  },
});

const isAddress = (host: string): boolean => reachOf(host) !== undefined;

/** Whether there is no such record; a resolver that cannot be asked says nothing about that. */
const isAbsence = (error: unknown): boolean => /ENOTFOUND|ENODATA/.test(String(error));

async function compare(
  { url: { hostname }, leadsTo }: Entry & { readonly leadsTo: string },
  addressesOf: World['addressesOf'],
): Promise<Finding> {
  const look = (host: string) =>
    addressesOf(host).catch((error: unknown): readonly string[] => {
      if (isAbsence(error)) return [];
      throw error;
    });
  const looked = await Promise.all([look(hostname), look(leadsTo)]).catch((error: unknown) => String(error));
  if (typeof looked === 'string') {
    return warning(
      `${hostname} and ${leadsTo} could not be looked up: ${firstLine(looked)}`,
      "Check this machine's resolver and its network, then run this again.",
    );
  }
  const [addresses, expected] = looked;
  if (addresses.length === 0) {
    return problem(
      `${hostname} has no address`,
      `Add a record for it that leads to ${leadsTo}: an alias in Route 53, else a CNAME. If you have just added it, wait: resolvers remember for a while that it was not there.`,
    );
  }
  if (expected.length === 0) {
    return warning(
      `${hostname} should lead to ${leadsTo}, which has no address from here`,
      "Check this machine's resolver; an internal load balancer has addresses in its VPC only.",
    );
  }
  if (addresses.some((address) => expected.includes(address))) return ok(`${hostname} leads to ${leadsTo}`);
  return warning(
    `${hostname} leads to ${addresses.slice(0, 3).join(', ')}, and ${leadsTo} is at ${expected.slice(0, 3).join(', ')}`,
    'If a CDN or a proxy of yours is in between, that is as it should be. If not, correct the record.',
  );
}

export const FRONT_DOOR_CHECKS = [certificate, dns] as const;
