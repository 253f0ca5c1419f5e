declare module 'jsonwebtoken' {
  const jsonwebtoken: { verify(token: string, key: unknown, options: object): unknown };
  // biome-ignore lint/style/noDefaultExport: it is how the peer is made
  export default jsonwebtoken;
}
