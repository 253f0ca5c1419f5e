import { judgePreflight } from '../../lambda/core/authorize.ts';
import { type Cors, isGranted } from '../../lambda/core/http/cors.ts';
import { type HttpRequest, headerValues } from '../../lambda/core/http/message.ts';
import { listed } from './format.ts';
import { fail, pass, type Step } from './step.ts';

/** What happens to a preflight if the policy has `cors`. */
export function preflightStep(cors: Cors, request: HttpRequest): Step {
  const judged = judgePreflight(cors, request);
  return judged.kind === 'preflight'
    ? pass(
        'preflight',
        'handled here, by "cors": the page may send the request that the preflight announces',
        ['browsers send no token with a preflight; explain the announced request to see how it is decided'],
      )
    : fail('preflight', judged, [originsHint(cors)]);
}

/** Who may read the response; the decision on the request does not depend on it. */
export function corsSteps(cors: Cors, { headers }: HttpRequest): Step[] {
  if (headerValues(headers, 'origin').length === 0) return [];
  return isGranted(cors, headers)
    ? [pass('cors', 'the page may read the response, whatever it is')]
    : [pass('cors', 'the page cannot read the response, whatever it is', [originsHint(cors)])];
}

const originsHint = ({ origins }: Cors): string =>
  origins === '*'
    ? '"cors.origins" has "*", which allows exactly one Origin that is not "null"'
    : `"cors.origins" has ${listed([...origins])}; the Origin must match character for character`;
