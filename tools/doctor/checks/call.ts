import { ClientError } from '../../../lambda/io/http-client.ts';
import { type Entry, entriesOf, isOwnName } from '../../deployment/front-doors.ts';
import { defineCheck, type Facts, type Finding, found, skipped } from '../check.ts';
import { judgeResponse } from '../judge-response.ts';
import { judgeSilence } from '../judge-silence.ts';
import type { World } from '../world.ts';

const call = defineCheck({
  id: 'call',
  title: 'Request',
  about:
    'one request without a token to each address of the deployment, or to `--url`: the function should return 401',
  scope: 'everywhere',
  wants: ['stack', 'door'],
  async run(facts, world) {
    const { url } = world;
    const entries = entriesOf(facts, url);
    if (entries.length === 0) {
      return found(
        skipped(
          facts.stack === undefined
            ? 'there is no URL to call'
            : 'the stack has no URL: its rule is on a listener of another stack, or it is not complete',
          'Give --url https://HOST/PATH, with a path that the listener rule matches.',
        ),
      );
    }
    const isClosed = (entry: Entry) => url === undefined && isInternal(entry, facts.door);
    return found(await Promise.all(entries.map((entry) => callEntry(entry, isClosed(entry), world))));
  },
});

/** As AWS says, or else judging by the name that it gives an internal load balancer. */
const isInternal = ({ leadsTo = '' }: Entry, door: Facts['door'] | undefined): boolean =>
  door?.internal ?? /^(?:dualstack\.)?internal-/i.test(leadsTo);

async function callEntry(entry: Entry, internal: boolean, world: World): Promise<Finding> {
  const finding = await judge(entry, internal, world);
  return { ...finding, detail: `${shown(entry.url)}: ${finding.detail}` };
}

/** A query may have a secret. */
const shown = ({ origin, pathname, search }: URL): string =>
  `${origin}${pathname}${search === '' ? '' : '?…'}`;

async function judge(entry: Entry, internal: boolean, { call }: World): Promise<Finding> {
  const { url, kind } = entry;
  if (internal && kind === 'load-balancer') {
    return skipped(
      'the load balancer is internal, so only its VPC can call it',
      `From a machine in it: curl -i ${shown(url)}`,
    );
  }
  if (kind === 'load-balancer' && url.protocol === 'https:' && isOwnName(entry)) {
    return skipped(
      "the load balancer's own name has no certificate",
      `Give --url https://YOUR-HOST${url.pathname}, with a name that the certificate is for.`,
    );
  }
  try {
    return judgeResponse(entry, await call(entry));
  } catch (error) {
    if (error instanceof ClientError) return judgeSilence(entry, error);
    throw error;
  }
}

export const CALL_CHECKS = [call] as const;
