import type { KoaContextWithOIDC } from 'oidc-provider';
import { LOOPBACK_HOST } from '../loopback-server.ts';
import { REGISTRATION } from './registration.ts';

/** Whether a page is served from this machine. Any other could get tokens by the secret that everybody knows. */
export const isLocalPage = (origin: string): boolean =>
  URL.canParse(origin) && LOOPBACK_HOST.test(new URL(origin).host);

/** Lets clients that are pages register themselves, which is the one endpoint that the library has no CORS for. */
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
