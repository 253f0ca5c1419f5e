const NAMES = [...'abcdefghi'];

/** A route with nine providers of one issuer, one more than the limit of attempts per token. */
export const CROWDED_POLICY = JSON.stringify({
  providers: Object.fromEntries(
    NAMES.map((name) => [name, { type: 'jwks', issuer: 'https://issuer.example', audience: name }]),
  ),
  routes: [{ path: '/api/*', providers: NAMES }],
});
