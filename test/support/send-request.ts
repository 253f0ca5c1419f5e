import type { SendRequest } from '../../local/playground/contract.ts';

/** What the playground's page sends for a plain request without a token. */
export const SEND_REQUEST: SendRequest = {
  through: 'load-balancer',
  method: 'GET',
  target: '/api/x',
  headers: [],
  body: '',
  token: '',
  carrier: 'authorization',
};
