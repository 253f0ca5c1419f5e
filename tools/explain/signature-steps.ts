import type { Failure } from '../../lambda/core/failure.ts';
import type { UnverifiedToken } from '../../lambda/core/jwt/decode.ts';
import { parseHeader } from '../../lambda/core/jwt/header.ts';
import { verifySignature } from '../../lambda/core/jwt/verify.ts';
import type { Provider } from '../../lambda/core/provider.ts';
import { hasImpossibleSignature } from './assumed-signature.ts';
import { shown } from './format.ts';
import { keyHints, signatureHints, signatureLengthHints } from './key-hints.ts';
import { fail, pass, type Step, skip } from './step.ts';
import type { TokenContext } from './token-context.ts';
import { headerHints } from './token-hints.ts';

/** The stages of the header, the key and the signature. */
export async function signatureSteps(
  token: UnverifiedToken,
  provider: Provider,
  { config, endpoints, offline }: TokenContext,
): Promise<{ steps: Step[]; verified: boolean }> {
  const header = parseHeader(token.header, provider);
  if ('code' in header) {
    return {
      steps: [
        fail('header', header, headerHints(header.code, token.header, provider)),
        skip('key', 'no key is looked up for a header that is not accepted'),
      ],
      verified: false,
    };
  }
  const { alg, kid } = header;
  const steps = [
    pass('header', `"alg" ${alg}, "kid" ${shown(kid ?? null)}, "typ" ${shown(token.header.typ ?? null)}`),
  ];
  const resolution = await endpoints.sources.resolve(provider, header);
  if (offline && resolution.kind === 'unavailable') {
    steps.push(skip('key', 'keys are not fetched offline'), unverifiedStep(token, provider));
    return { steps, verified: false };
  }
  if (resolution.kind !== 'keys') {
    const failure: Failure =
      resolution.kind === 'failure' ? resolution : { code: 'keys_unavailable', reason: resolution.reason };
    const hints = await keyHints(failure.code, token.header, provider, config, endpoints);
    steps.push(fail('key', failure, hints), skip('signature', 'it takes a key to verify it'));
    return { steps, verified: false };
  }
  const [key] = resolution.keys;
  const name =
    resolution.keys.length === 1 ? shown(key?.kid ?? '(no kid)') : `${resolution.keys.length} keys`;
  steps.push(pass('key', `${name} of ${resolution.set.keys.length} in the key set of ${provider.name}`));
  if (verifySignature(token, alg, resolution.keys)) {
    steps.push(pass('signature', 'the key made it: header and claims are what the issuer wrote'));
    return { steps, verified: true };
  }
  const failure = { code: 'signature_invalid', reason: 'the signature does not match the key' } as const;
  steps.push(fail('signature', failure, signatureHints(token, resolution.keys)));
  return { steps, verified: false };
}

function unverifiedStep(token: UnverifiedToken, provider: Provider): Step {
  const hints = signatureLengthHints(token);
  return hasImpossibleSignature(token)
    ? fail('signature', { code: 'signature_invalid', reason: 'no key can have made the signature' }, hints)
    : skip(
        'signature',
        `not verified; from here on as if a key of provider ${provider.name} had made it`,
        hints,
      );
}
