import { isJsonObject } from '../../lambda/core/jwt/decode.ts';

/** What a discovery document says, as far as init looks at it (OpenID Connect Discovery 1.0 §3, RFC 8414 §2). */
export interface Metadata {
  readonly issuer: string | undefined;
  readonly jwksUri: string | undefined;
  readonly tokenEndpoint: string | undefined;
  /** Undefined if the document does not say, as with the lists below. */
  readonly idTokenAlgorithms: readonly string[] | undefined;
  readonly grantTypes: readonly string[] | undefined;
  readonly authMethods: readonly string[] | undefined;
}

/** Longest list that is looked at. */
const MAX_ENTRIES = 100;

/** Reads the text of a document; undefined if it is not a JSON object. Members of a wrong type count as missing. */
export function parseMetadata(text: string): Metadata | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(document)) return undefined;
  const own = (name: string): unknown => (Object.hasOwn(document, name) ? document[name] : undefined);
  const textOf = (name: string) => asText(own(name));
  const listOf = (name: string) => {
    const value = own(name);
    return Array.isArray(value) ? value.slice(0, MAX_ENTRIES).flatMap((one) => asText(one) ?? []) : undefined;
  };
  return {
    issuer: textOf('issuer'),
    jwksUri: textOf('jwks_uri'),
    tokenEndpoint: textOf('token_endpoint'),
    idTokenAlgorithms: listOf('id_token_signing_alg_values_supported'),
    grantTypes: listOf('grant_types_supported'),
    authMethods: listOf('token_endpoint_auth_methods_supported'),
  };
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
