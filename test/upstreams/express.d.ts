declare module 'express' {
  import type { RequestListener, ServerResponse } from 'node:http';

  type Handler = (request: unknown, response: ServerResponse) => void;
  interface Application extends RequestListener {
    set(name: string, value: string): void;
    use(path: string, handler: Handler): void;
    all(path: string, handler: Handler): void;
  }
  const express: () => Application;
  // biome-ignore lint/style/noDefaultExport: it is how the package is made
  export default express;
}
