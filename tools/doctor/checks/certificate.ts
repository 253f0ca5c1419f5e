import type { CertificateDetail } from '@aws-sdk/client-acm';
import { entriesOf, isOwnName } from '../../deployment/front-doors.ts';
import { defineCheck, type Finding, found, problem, skipped, warning } from '../check.ts';
import { findingOf } from '../finding-of.ts';
import { covers, judgeCertificate, namesOf } from '../judge-certificate.ts';
import type { World } from '../world.ts';

const certificate = defineCheck({
  id: 'certificate',
  title: 'Certificate',
  about:
    'each certificate of the listener: whether it is issued, or else which DNS record ACM waits for; when it expires; and whether one matches the domain name',
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
    // A shared listener also has the certificates of others.
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

export const CERTIFICATE_CHECKS = [certificate] as const;
