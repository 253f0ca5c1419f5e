declare module 'jsonwebtoken' {
  const jsonwebtoken: { verify(token: string, key: unknown, options: object): unknown };
  export default jsonwebtoken;
}
