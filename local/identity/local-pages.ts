import type { KoaContextWithOIDC } from 'oidc-provider';
import { LOOPBACK_HOST } from '../loopback-server.ts';
import { REGISTRATION } from './registration.ts';

/** Whether this machine serves a page. Any other page could get tokens with the demo client's secret, which is public. */
export const isLocalPage = (origin: string): boolean =>
  URL.canParse(origin) && LOOPBACK_HOST.test(new URL(origin).host);

/** Lets local pages register as clients: registration is the one endpoint for which the library has no CORS. */
export async function letLocalPagesRegister(
  context: KoaContextWithOIDC,
  next: () => Promise<void>,
): Promise<void> {
  const origin = context.get('Origin');
  if (context.path !== REGISTRATION || !isLocalPage(origin)) return next();
  context.vary('Origin');
  context.set('Access-Control-Allow-Origin', origin);
  if (context.method !== 'OPTIONS') return next();
  context.set('Access-Control-Allow-Methods', 'POST');
  context.set('Access-Control-Allow-Headers', context.get('Access-Control-Request-Headers'));
  context.status = 204;
}
