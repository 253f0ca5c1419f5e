import { setTimeout as sleepOnTimer } from 'node:timers/promises';
import { type RetryEffects, retrying } from './retrying.ts';
import { faultAt, serviceError } from './service-error.ts';
import type { SignedRequest } from './signed-request.ts';
import { faultIn } from './xml-response.ts';

export interface GroupFinderOptions {
  readonly endpoint: URL;
  /** Sends a request that is signed for `ec2`. */
  readonly send: SignedRequest;
  readonly effects?: RetryEffects;
}

const ATTEMPT_TIMEOUT_MS = 5_000;

/** Attempts at one reading, because throttling and network faults can use up some. */
const ATTEMPTS = 8;

/** Pause between readings while the group is not found, in ms. */
const PAUSE_MS = 5_000;

/** Far more than one group with 60 rules takes, each with a description. */
const MAX_BYTES = 256 * 1024;

/**
 * Finds the id of a security group by its name, which is unique in a VPC. Looks again until `deadlineMs` have passed:
 * a group that another service creates may become visible only later. Rejects if EC2 returns an error or does not respond.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
 */
export function createGroupFinder({ endpoint, send, effects = {} }: GroupFinderOptions) {
  const { now = Date.now, sleep = sleepOnTimer } = effects;
  const place = `DescribeSecurityGroups at ${endpoint.host}`;

  async function attempt(body: Uint8Array, timeoutMs: number): Promise<string | undefined> {
    const response = await send(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
      timeoutMs,
      maxBytes: MAX_BYTES,
    }).catch(faultAt(place));
    const { status } = response;
    const text = response.body.toString('utf8');
    if (status === 200) return groupIn(text, place);
    const fault = faultIn(text);
    const advice = fault.code.startsWith('Unauthorized')
      ? "Grant the function's role ec2:DescribeSecurityGroups"
      : undefined;
    throw serviceError(place, { status, ...fault }, advice);
  }

  return async (name: string, vpcId: string, deadlineMs: number): Promise<string | undefined> => {
    const body = Buffer.from(bodyFor(name, vpcId));
    const until = now() + deadlineMs;
    for (;;) {
      const rules = { attempts: ATTEMPTS, deadlineMs: until - now(), attemptTimeoutMs: ATTEMPT_TIMEOUT_MS };
      const found = await retrying((timeoutMs) => attempt(body, timeoutMs), rules, effects);
      if (found !== undefined || until - now() < 2 * PAUSE_MS) return found;
      await sleep(PAUSE_MS);
    }
  };
}

function bodyFor(name: string, vpcId: string): string {
  return new URLSearchParams({
    Action: 'DescribeSecurityGroups',
    Version: '2016-11-15',
    'Filter.1.Name': 'vpc-id',
    'Filter.1.Value.1': vpcId,
    'Filter.2.Name': 'group-name',
    'Filter.2.Value.1': name,
  }).toString();
}

/** The id of the group in a response. The group's rules contain ids of other groups. */
function groupIn(text: string, place: string): string | undefined {
  const [, groups] = /<securityGroupInfo>(.*)<\/securityGroupInfo>/s.exec(text) ?? [];
  if (groups === undefined) {
    if (/<securityGroupInfo ?\/>/.test(text)) return undefined;
    throw new Error(`${place}: the response is malformed (there is no list of groups in it)`);
  }
  const withoutRules = groups.replace(/<(ipPermissions(?:Egress)?)>.*?<\/\1>/gs, '');
  const [first, ...others] = [...withoutRules.matchAll(/<groupId>(sg-[0-9a-f]+)<\/groupId>/g)];
  if (others.length > 0) throw new Error(`${place}: the response has several groups of one name`);
  return first?.[1];
}
