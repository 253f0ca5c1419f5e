// The one place where the app reads a tool: a deploy says of a policy what check-config says of it, and a second judge
// would drift. What it imports is pure.
import { SYNTH_PREFIX } from '../../tools/check-config/accepted.ts';
import { checkParameters } from '../../tools/check-config/check.ts';
import { completeParameters, isOfStandIn } from '../../tools/check-config/complete-parameters.ts';
import { harmlessLine } from '../../tools/harmless.ts';
import { documentsArrive } from '../front-door/document-rule.ts';
import type { Options } from './options.ts';
import type { PolicyFile } from './policy-file.ts';

/** What to tell at synth, with an id by which it can be acknowledged. */
export interface SynthWarning {
  readonly id: string;
  readonly message: string;
}

/** Clients ask for documents before they have a token. */
const NO_DOCUMENTS: SynthWarning = {
  id: `${SYNTH_PREFIX}resource-documents`,
  message:
    'The policy has resources, but no listener rule sends requests for their documents to the function. Give resourceDocuments=true.',
};

/** The load balancer's own 401 names no metadata, and has no scopes. */
const NO_CHALLENGES: SynthWarning = {
  id: `${SYNTH_PREFIX}resource-challenges`,
  message:
    'The policy has resources, but with nativePreFilter the load balancer answers requests without a token itself, so clients are not told where the metadata is. Only those that look at the well-known address unasked find it. Leave nativePreFilter out if others are to find it too.',
};

/** What is valid in a policy and most likely not meant, where the other parameters are not known yet. */
export async function policyWarnings(
  { file, text }: PolicyFile,
  options: Options,
): Promise<readonly SynthWarning[]> {
  const { paths, authorizer } = options;
  const { warnings, policy } = await checkParameters(completeParameters({ policy: text }), {
    // An authorizer has the paths of its APIs, which are defined elsewhere.
    listenerPaths: authorizer ? undefined : paths,
  });
  const found = warnings
    .filter((warning) => warning.kind !== 'size' && !isOfStandIn(warning, policy))
    .map(({ id, message, location }) => ({
      id: `${SYNTH_PREFIX}${id}`,
      message: `policy: ${harmlessLine(message)} (${file}${location === undefined ? '' : `:${location.at}`})`,
    }));
  const { resources = [] } = policy;
  if (resources.length === 0) return found;
  return [
    ...found,
    ...(documentsArrive(options) ? [] : [NO_DOCUMENTS]),
    ...(options.nativePreFilter ? [NO_CHALLENGES] : []),
  ];
}
