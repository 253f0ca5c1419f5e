// What the benchmarks use of their peers, so that they can be checked without installing those.

declare module 'aws-jwt-verify' {
  interface Verifier {
    cacheJwks(jwks: object): void;
    verifySync(token: string): unknown;
  }
  export const JwtVerifier: { create(options: object): Verifier };
}

declare module 'fast-jwt' {
  export const createVerifier: (options: object) => (token: string) => unknown;
}

declare module 'jsonwebtoken' {
  const jsonwebtoken: { verify(token: string, key: unknown, options: object): unknown };
  // biome-ignore lint/style/noDefaultExport: the peer has one
  export default jsonwebtoken;
}
