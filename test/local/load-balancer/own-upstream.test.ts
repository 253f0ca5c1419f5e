import { expect, test } from '@jest/globals';
import { rejectOwnUpstream } from '../../../local/load-balancer/own-upstream.ts';
import { ArgumentError } from '../../../tools/arguments.ts';

test.each([
  ['http://localhost:8080', 'load balancer'],
  ['http://127.0.0.1:8080/v1', 'load balancer'],
  ['http://[::1]:8080', 'load balancer'],
  ['http://0.0.0.0:8080', 'load balancer'],
  ['http://api.localhost:8080', 'load balancer'],
  ['http://localhost:8084', 'API'],
])('%s is no upstream of the stack whose %s it is', (upstream, part) => {
  const checking = () => rejectOwnUpstream(upstream, 8080, ['loadBalancer', 'ssm', 'api']);
  expect(checking).toThrow(ArgumentError);
  expect(checking).toThrow(`--upstream ${upstream} is the ${part} of this stack`);
  expect(checking).toThrow(/--port 9000\.$/);
});

test('port 80 is the one in a URL without a port', () => {
  expect(() => rejectOwnUpstream('http://localhost', 80, ['loadBalancer'])).toThrow('is the load balancer');
});

test.each([
  ['another port', 'http://localhost:3000', 8080],
  ['the port of a part that this stack does not have', 'http://localhost:8084', 8080],
  ['the same port of another machine', 'http://orders.internal:8080', 8080],
  [
    'a port of a stack that has moved on, because the application had it first',
    'http://localhost:8080',
    8090,
  ],
])('%s is an upstream', (_, upstream, first) => {
  expect(() => rejectOwnUpstream(upstream, first, ['loadBalancer', 'ssm'])).not.toThrow();
});
