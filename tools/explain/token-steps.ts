import { ofNobody } from '../../lambda/core/authenticate.ts';
import { isSigned, placeKey } from '../../lambda/core/credentials/place.ts';
import { candidatesAmong, type Source, sourcesOf } from '../../lambda/core/credentials/sources.ts';
import { decode, type JsonObject } from '../../lambda/core/jwt/decode.ts';
import { chooseProvider } from './choose-provider.ts';
import { claimSteps } from './claim-steps.ts';
import { malformedHints } from './not-a-jwt.ts';
import { guessProvider } from './provider-hints.ts';
import { signatureSteps } from './signature-steps.ts';
import { fail, pass, type Step, skip } from './step.ts';
import type { TokenContext } from './token-context.ts';
import { usageHints } from './token-hints.ts';

export interface TokenSteps {
  readonly steps: readonly Step[];
  readonly header: JsonObject | undefined;
  readonly claims: JsonObject | undefined;
  readonly verified: boolean;
}

/** The stages of a token. They continue past the first failure as far as later stages make sense. */
export async function tokenSteps(text: string, context: TokenContext): Promise<TokenSteps> {
  const { place, route, config } = context;
  const token = decode(text, { padding: isSigned(place) });
  if ('malformed' in token) {
    const failure = { code: 'token_malformed', reason: token.malformed } as const;
    const steps = [fail('decode', failure, malformedHints(text))];
    return { steps, header: undefined, claims: undefined, verified: false };
  }
  const { header, claims } = token;
  const steps = [
    pass('decode', 'a header and claims; nothing in them is verified yet', usageHints(header, claims)),
  ];

  if (route.providers.length === 0) {
    steps.push(skip('rest', 'without a provider there is nothing to compare with'));
    return { steps, header, claims, verified: false };
  }

  const source = sourceAt(context);
  const candidates = source.candidatesOf(token);
  const guess = candidates.length === 0 ? guessProvider(place, token, route, config) : undefined;
  const chosen = guess === undefined ? await chooseProvider(text, candidates, source, context) : undefined;
  const provider = chosen?.provider ?? guess?.provider;
  if (chosen === undefined) steps.push(fail('provider', ofNobody(source), guess?.hints));
  else steps.push(pass('provider', chosen.account, chosen.others));
  if (provider === undefined) {
    steps.push(skip('rest', 'without a provider there is nothing to compare with'));
    return { steps, header, claims, verified: false };
  }
  if (chosen === undefined)
    steps.push(skip('assumed', `from here on as if it belonged to provider ${provider.name}`));

  const signature = await signatureSteps(token, provider, context);
  const identity = claimSteps(token, provider, context);
  return {
    steps: [...steps, ...signature.steps, ...identity],
    header,
    claims,
    verified: signature.verified,
  };
}

/** The place of the token as the route reads it. If the route does not look there, as if it did. */
function sourceAt({ place, route, request }: TokenContext): Source {
  const { providers } = route;
  const key = placeKey(place);
  return (
    sourcesOf(providers, request).find((source) => placeKey(source.place) === key) ?? {
      place,
      signed: isSigned(place),
      providers,
      read: () => ({ kind: 'none' }),
      candidatesOf: (token) => candidatesAmong(providers, token),
    }
  );
}
