import type { ClientError } from '../../lambda/io/http-client.ts';
import type { Entry } from '../deployment/front-doors.ts';
import { type Finding, problem } from './check.ts';

interface Fault {
  readonly is: RegExp;
  readonly detail: (entry: Entry) => string;
  readonly remedy: (entry: Entry) => string;
}

const hostOf = ({ url }: Entry): string => url.host;

/** Why there is no response, judging by the client's error. The first that fits applies. */
const FAULTS: readonly Fault[] = [
  {
    is: /ENOTFOUND|EAI_AGAIN|ENODATA/,
    detail: (entry) => `there is no host ${entry.through ?? entry.url.hostname}`,
    remedy: ({ leadsTo }) =>
      leadsTo === undefined
        ? 'Check the name and the network; a record may be missing.'
        : `Check the network, and whether the DNS has a record that leads to ${leadsTo}.`,
  },
  {
    is: /ECONNREFUSED/,
    detail: (entry) => `${hostOf(entry)} refuses the connection: nothing listens at this port`,
    remedy: () =>
      'Check the port and the scheme: without a certificate the listener is http at port 80, with one https at 443. npm start may have ended.',
  },
  {
    is: /altnames|ERR_TLS_CERT_ALTNAME_INVALID/i,
    detail: (entry) => `the certificate that ${hostOf(entry)} presents is not for this name`,
    remedy: () =>
      'Call the name that the certificate is for (--url), or deploy with a certificate for this one: certificateArn or sniCertificateArns.',
  },
  {
    is: /certificate has expired|CERT_HAS_EXPIRED/,
    detail: (entry) => `the certificate that ${hostOf(entry)} presents has expired`,
    remedy: () => 'See Certificate above: import the next one under the same ARN.',
  },
  {
    is: /self.signed|unable to (?:verify|get)|UNABLE_TO|SELF_SIGNED/i,
    detail: (entry) => `this machine does not trust the certificate that ${hostOf(entry)} presents`,
    remedy: () =>
      'Behind a proxy that opens TLS, or with a private authority, name its CA in NODE_EXTRA_CA_CERTS.',
  },
  {
    is: /alert (?:certificate required|bad certificate|number 116\b)/,
    detail: (entry) => `${hostOf(entry)} asks for a certificate of the client (mutual TLS)`,
    remedy: () => 'Call it with curl and a certificate that it trusts: the doctor has none.',
  },
  {
    is: /SSL alert number|\balert [a-z]+/,
    detail: (entry) => `${hostOf(entry)} speaks TLS, and refuses this connection`,
    remedy: () =>
      'It may ask for a certificate of the client (mutual TLS), have no certificate for this name, or accept only other versions of TLS: curl -v says more.',
  },
  {
    is: /EPROTO|wrong version number|packet length too long|Parse Error/i,
    detail: (entry) => `${hostOf(entry)} does not speak ${entry.url.protocol.slice(0, -1)} at this port`,
    remedy: () => 'Check the scheme of the URL: a listener without a certificate is http.',
  },
  {
    is: /ECONNRESET|EPIPE|closed before|closed in the middle|socket hang up|disconnected before/,
    detail: (entry) => `${hostOf(entry)} closes the connection without a response`,
    remedy: () => 'Check the scheme and the port, and what is in between: a proxy or a network firewall.',
  },
  {
    is: /no connection within|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/,
    detail: (entry) => `${hostOf(entry)} cannot be reached from here`,
    remedy: () =>
      'Check that the security group of the load balancer admits this machine, and that its subnets lead to an internet gateway. An internal one can be called only from its VPC: docs/shapes/new-load-balancer.md',
  },
  {
    is: /the body is over/,
    detail: (entry) =>
      `${hostOf(entry)} sends a longer response than the function sends to a request without a token`,
    remedy: () => 'The path is open to everybody, or something else responds. Give --url with another path.',
  },
  {
    is: /no (?:complete|first byte of a) response/,
    detail: (entry) => `${hostOf(entry)} accepts the connection and does not finish its response in time`,
    remedy: () => 'Read the log of the function: docs/runbook.md#callers-get-502-or-504',
  },
];

/** The finding for a request without a response. */
export function judgeSilence(entry: Entry, { message }: ClientError): Finding {
  const fault = FAULTS.find(({ is }) => is.test(message));
  if (fault === undefined) {
    return problem(
      `${hostOf(entry)} sends no response: ${message}`,
      'Check the URL and the network; curl -v says more.',
    );
  }
  return problem(fault.detail(entry), fault.remedy(entry));
}
