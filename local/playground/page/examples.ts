/** Policies to start from. */
export const EXAMPLES: readonly { readonly title: string; readonly policy: object }[] = [
  {
    title: 'Public, admin and orders',
    policy: {
      unmatched: 'deny',
      routes: [
        { path: '/api/public/*', onUnauthenticatedRequest: 'allow' },
        { path: '/api/admin/*', scopes: ['admin'] },
        { path: '/api/orders/*', methods: ['GET'], scopes: ['read'] },
        { path: '/api/orders/*', scopes: ['write'] },
      ],
    },
  },
  {
    title: 'A claim rule',
    policy: {
      routes: [{ path: '/api/*', claims: { client_id: { anyOf: ['demo-client', 'another-client'] } } }],
    },
  },
  {
    title: 'Report only: log what would be rejected',
    policy: { routes: [{ path: '/api/*', scopes: ['admin'], mode: 'report-only' }] },
  },
  { title: 'Return the identity', policy: { routes: [{ path: '/api/me', upstream: 'whoami' }] } },
  { title: 'No routes', policy: {} },
];
