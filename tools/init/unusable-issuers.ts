/** Issuers whose access tokens other parties' APIs cannot verify, and what to do instead. */
const UNUSABLE: readonly (readonly [issuer: RegExp, advice: string])[] = [
  [
    /^https:\/\/[a-z0-9-]+\.(?:okta|oktapreview|okta-emea)\.com\/?$/,
    "is the organization's own server, whose access tokens are only for Okta: name a custom authorization server, such as ISSUER/oauth2/default",
  ],
  [
    /^https:\/\/github\.com(?:\/login\/oauth)?\/?$/,
    'issues opaque access tokens: workflows get signed ones from https://token.actions.githubusercontent.com',
  ],
  [
    /^https:\/\/(?:appleid\.apple\.com|slack\.com|www\.linkedin\.com\/oauth)\/?$/,
    'issues opaque access tokens, and its ID tokens are for logins: have an authorization server of yours log users in with it, and give that one as the issuer',
  ],
];

/** Why the tokens of an issuer are unusable here, and what to do; undefined if no reason is known. */
export function unusable(issuer: string): string | undefined {
  const [, advice] = UNUSABLE.find(([pattern]) => pattern.test(issuer)) ?? [];
  return advice === undefined
    ? undefined
    : `${issuer} ${advice.replace('ISSUER', issuer.replace(/\/$/, ''))}.`;
}
