import { SYNTH_PREFIX } from '../../tools/check-config/accepted.ts';
import { checkParameters } from '../../tools/check-config/check.ts';
import { completeParameters, isOfStandIn } from '../../tools/check-config/complete-parameters.ts';
import { documentsArrive } from '../front-door/document-rule.ts';
import type { Options } from './options.ts';
import { ownAddresses } from './own-addresses.ts';
import { inFile, type PolicyFile } from './policy-file.ts';

/** A warning at synth, with the id for acknowledging it. */
export interface SynthWarning {
  readonly id: string;
  readonly message: string;
}

/** Clients request the metadata before they have a token. */
const NO_DOCUMENTS: SynthWarning = {
  id: `${SYNTH_PREFIX}resource-documents`,
  message:
    'The policy has resources, but no listener rule sends requests for their metadata to the function. Set resourceDocuments=true.',
};

/** The load balancer's own 401 names no metadata, and has no scopes. */
const NO_CHALLENGES: SynthWarning = {
  id: `${SYNTH_PREFIX}resource-challenges`,
  message:
    'The policy has resources, but with nativePreFilter the load balancer itself rejects requests without a token, so clients do not learn where the metadata is. Only clients that try the well-known address on their own find it. Leave nativePreFilter out if others should find it, too.',
};

/** Warnings about what is valid in a policy but probably a mistake. The other parameters are not known yet. */
export async function policyWarnings(
  { file, text }: PolicyFile,
  options: Options,
): Promise<readonly SynthWarning[]> {
  const { paths, authorizer } = options;
  const { warnings, policy } = await checkParameters(completeParameters({ policy: text }), {
    // An authorizer serves the paths of its APIs, which are defined elsewhere.
    listenerPaths: authorizer ? undefined : paths,
    ownAddresses: ownAddresses(options),
  });
  const found = warnings
    .filter((warning) => warning.kind !== 'size' && !isOfStandIn(warning, policy))
    .map((warning) => ({ id: `${SYNTH_PREFIX}${warning.id}`, message: inFile(file, warning) }));
  const { resources = [] } = policy;
  if (resources.length === 0) return found;
  return [
    ...found,
    ...(documentsArrive(options) ? [] : [NO_DOCUMENTS]),
    ...(options.nativePreFilter ? [NO_CHALLENGES] : []),
  ];
}
