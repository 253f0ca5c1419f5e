import { authorizeOrRespond } from '../../../lambda/core/authorize.ts';
import type { Config } from '../../../lambda/core/config/config.ts';
import { isSigned } from '../../../lambda/core/credentials/place.ts';
import { sourcesOf } from '../../../lambda/core/credentials/sources.ts';
import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import type { Provider } from '../../../lambda/core/provider.ts';
import type { TakenRoute } from '../../../lambda/core/routes/route.ts';
import { assumedKeys, trusting } from '../../explain/assumed-signature.ts';
import type { Result } from './entry.ts';
import { NOW, PAGE } from './witness-token.ts';

/**
 * What the function decides about a request on a route, assuming that its token is not revoked and that its page may call.
 * `isSigner` says whether a key of a provider made the token's signature.
 */
export async function resultOn(
  request: HttpRequest,
  route: TakenRoute,
  config: Config,
  isSigner: (provider: Provider) => boolean = () => true,
): Promise<Result> {
  const trust = trusting((provider) => assumedKeys(isSigner(provider)));
  const signed = sourcesOf(route.providers, request).some(
    ({ place, read }) => isSigned(place) && read(request).kind === 'token',
  );
  const decision = await authorizeOrRespond(
    request,
    {
      ...config,
      judgePath: () => route,
      judgePathWithDocuments: undefined,
      resourceAt: undefined,
      mcpPages: undefined,
      revocations: new Map(),
      cookieOrigins: [PAGE],
    },
    { ...trust(signed), now: () => NOW * 1000 },
  );
  switch (decision.kind) {
    case 'allow':
      return { passes: true, as: decision.identity === undefined ? 'anonymous' : 'identity' };
    case 'report':
      return { passes: true, as: 'reported' };
    case 'preflight':
    case 'document':
      return { passes: true, as: decision.kind };
    case 'reject':
    case 'unavailable':
      return { passes: false, code: decision.code };
    default:
      return decision satisfies never;
  }
}
