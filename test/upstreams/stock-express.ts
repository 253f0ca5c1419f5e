import type { RequestListener, ServerResponse } from 'node:http';
import express from 'express';
import { HANDLER_FIELD } from './trial.ts';

/** Express as it comes, with handlers that name themselves for what the policy guards. */
export function stockExpress(): RequestListener {
  const app = express();
  // In any other environment it prints each path that it cannot decode.
  app.set('env', 'test');
  const named = (name: string) => (_: unknown, response: ServerResponse) =>
    void response.setHeader(HANDLER_FIELD, name).end(name);
  app.use('/api/admin', named('admin'));
  app.all('/api/export', named('export'));
  app.all('/api/v1/:id/secrets', named('secrets'));
  app.use('/', named('other'));
  return app;
}
