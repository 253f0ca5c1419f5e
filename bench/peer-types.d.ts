declare module 'jsonwebtoken' {
  const jsonwebtoken: { verify(token: string, key: unknown, options: object): unknown };
  // biome-ignore lint/style/noDefaultExport: the peer has one
  export default jsonwebtoken;
}
