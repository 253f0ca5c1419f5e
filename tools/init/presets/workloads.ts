import { shellWord } from '../../shell-word.ts';
import type { Answers } from '../answers.ts';
import type { AskedClaim, Preset } from './preset.ts';

const WHO = 'which accounts may call, as every pod of the cluster gets tokens for any audience';
const KUBERNETES_CLAIMS: readonly AskedClaim[] = [
  {
    name: 'namespace',
    pointer: '/kubernetes.io/namespace',
    of: 'provider',
    rule: 'equals',
    what: 'namespace of the service accounts',
    need: WHO,
  },
  {
    name: 'sub',
    of: 'route',
    rule: 'anyOf',
    what: 'service accounts',
    need: WHO,
  },
];

/** One account that may call, with placeholders for parts that the rules do not name. */
function accountOf({ claims }: Answers): { namespace: string; account: string } {
  const [, inSub, account = 'ACCOUNT'] =
    /^system:serviceaccount:([^:]+):(.+)$/.exec(claims.sub?.[0] ?? '') ?? [];
  const namespaces = claims['/kubernetes.io/namespace'] ?? claims.namespace ?? [];
  return { namespace: inSub ?? namespaces[0] ?? 'NAMESPACE', account };
}

const kubernetesToken: Preset['token'] = {
  kind: 'shell',
  title: 'Get a token of a service account',
  command(answers) {
    const { namespace, account } = accountOf(answers);
    const [audience = ''] = answers.audience;
    return `TOKEN=$(kubectl create token ${shellWord(account)} -n ${shellWord(namespace)} --audience ${shellWord(audience)})`;
  },
};

const KUBERNETES = {
  provider: { algorithms: ['RS256'], maxTokenAgeSeconds: 86_400 },
  audience: { what: 'what the projected volume has as "audience"' },
  claims: KUBERNETES_CLAIMS,
  token: kubernetesToken,
} as const satisfies Partial<Preset>;

const EXAMPLE = {
  audience: ['api.example.com'],
  claims: { namespace: ['orders'], sub: ['system:serviceaccount:orders:worker'] },
  scopes: [],
  paths: ['/api/*'],
};

export const EKS: Preset = {
  ...KUBERNETES,
  name: 'eks',
  section: 'Kubernetes service accounts on EKS',
  issuer: /^https:\/\/oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/id\/[A-Z0-9]+$/,
  example: {
    ...EXAMPLE,
    issuers: ['https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE'],
  },
};

export const CLUSTER: Preset = {
  ...KUBERNETES,
  name: 'cluster',
  section: 'Kubernetes service accounts of other clusters',
  issuer: /^https:\/\/kubernetes\.default\.svc(?:\.[a-z0-9.-]+)?$/,
  jwksUri: null,
  example: {
    ...EXAMPLE,
    issuers: ['https://kubernetes.default.svc.cluster.local'],
    jwksUri: 'https://keys.example.com/orders-cluster/jwks.json',
  },
};

export const SPIFFE: Preset = {
  name: 'spiffe',
  section: 'SPIFFE JWT-SVIDs',
  issuer: /^spiffe:\/\/[a-z0-9._-]+$/,
  type: 'spiffe',
  jwksUri: null,
  audience: { what: 'what workloads ask for when they fetch an SVID' },
  claims: [
    {
      name: 'sub',
      of: 'route',
      rule: 'anyOf',
      what: 'SPIFFE IDs of the workloads',
      need: 'which workloads may call, as every workload of the domain gets tokens for any audience',
    },
  ],
  token: {
    kind: 'shell',
    title: 'Get a token, as one of the workloads',
    command: ({ audience: [audience = ''] }) =>
      `TOKEN=$(spire-agent api fetch jwt -audience ${shellWord(audience)} | sed -n '2s/^[[:space:]]*//p')`,
  },
  example: {
    issuers: ['spiffe://example.org'],
    jwksUri: 'https://spire.example.org/bundle',
    audience: ['https://api.example.com'],
    claims: { sub: ['spiffe://example.org/orders/worker'] },
    scopes: [],
    paths: ['/api/*'],
  },
};
