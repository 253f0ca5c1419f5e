import { judgePreflight } from '../../lambda/core/authorize.ts';
import { type Cors, isGranted } from '../../lambda/core/http/cors.ts';
import { type HttpRequest, headerValues } from '../../lambda/core/http/message.ts';
import { listed } from './format.ts';
import { fail, pass, type Step } from './step.ts';

/** What becomes of a preflight, where the policy has `cors`. */
export function preflightStep(cors: Cors, request: HttpRequest): Step {
  const judged = judgePreflight(cors, request);
  return judged.kind === 'preflight'
    ? pass('preflight', 'answered here, by "cors": its page may send the request that it announces', [
        'browsers send no token with it; explain that request itself to see what becomes of it',
      ])
    : fail('preflight', judged, [originsHint(cors)]);
}

/** Who may read the answer, which decides nothing else. */
export function corsSteps(cors: Cors, { headers }: HttpRequest): Step[] {
  if (headerValues(headers, 'origin').length === 0) return [];
  return isGranted(cors, headers)
    ? [pass('cors', 'its page may read the answer, whatever that is')]
    : [pass('cors', 'its page cannot read the answer, whatever that is', [originsHint(cors)])];
}

const originsHint = ({ origins }: Cors): string =>
  origins === '*'
    ? '"cors.origins" has "*", which is for one Origin that is not "null"'
    : `"cors.origins" has ${listed([...origins])}`;
