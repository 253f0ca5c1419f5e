import { DEMO } from '../../local/identity/authorization-server.ts';
import { FIRST_PORT, portOf } from '../../local/ports.ts';
import { anyIssuer } from './presets/any-issuer.ts';
import type { Preset } from './presets/preset.ts';

/** Where `npm start` serves what. */
export interface LocalStack {
  readonly loadBalancer: string;
  readonly issuer: string;
  readonly ssm: string;
  /** The options with which other commands find it. */
  readonly options: readonly string[];
}

/** The stack whose load balancer is on this port. */
export function localStack(port = FIRST_PORT): LocalStack {
  const at = (part: Parameters<typeof portOf>[0]) => `http://localhost:${portOf(part, port)}`;
  return {
    loadBalancer: at('loadBalancer'),
    issuer: at('authorizationServer'),
    ssm: at('ssm'),
    options: ['--local', ...(port === FIRST_PORT ? [] : ['--port', String(port)])],
  };
}

/** The stack's own authorization server, about which everything is known. */
export const demoPreset = (issuer: string): Preset => ({
  ...anyIssuer(issuer),
  name: 'local',
  audience: { what: 'the audience of its tokens', from: () => DEMO.audience },
  token: { kind: 'client-credentials', client: { id: DEMO.clientId, secret: DEMO.clientSecret } },
});
