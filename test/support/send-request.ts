import type { SendRequest } from '../../local/playground/contract.ts';

/** The page's call for a plain request without a token. */
export const SEND_REQUEST: SendRequest = {
  through: 'load-balancer',
  method: 'GET',
  target: '/api/x',
  headers: [],
  body: '',
  token: '',
  carrier: 'authorization',
};
