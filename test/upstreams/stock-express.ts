import type { RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { HANDLER_FIELD } from './trial.ts';

type Handler = (request: unknown, response: ServerResponse) => void;

/** The used part of Express, which has no types of its own. */
interface Application extends RequestListener {
  set(name: string, value: string): void;
  use(path: string, handler: Handler): void;
  all(path: string, handler: Handler): void;
}
const express = createRequire(import.meta.url)('express') as () => Application;

/** Express with its defaults, and handlers that report the names of the guarded paths. */
export function stockExpress(): RequestListener {
  const app = express();
  // In any other environment, it prints each path that it cannot decode.
  app.set('env', 'test');
  const named =
    (name: string): Handler =>
    (_, response) =>
      void response.setHeader(HANDLER_FIELD, name).end(name);
  app.use('/api/admin', named('admin'));
  // An optional format at the end of a route is common.
  app.all('/api/public{.:format}', named('public-index'));
  app.all('/api/public/{.:format}', named('public-index'));
  app.use('/api/public', named('public'));
  app.all('/api/export{.:format}', named('export'));
  app.all('/api/v1/:id/secrets{.:format}', named('secrets'));
  app.use('/', named('other'));
  return app;
}
