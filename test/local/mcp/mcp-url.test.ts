import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../local/assembly/deployment.ts';
import { mcpUrlOf } from '../../../local/mcp/mcp-url.ts';
import { deploymentOf, TARGET_GROUP_ARN } from '../../support/local-stack-fixtures.ts';

const ORIGIN = 'http://localhost:8080';
const DOCUMENTS = '/.well-known/oauth-protected-resource';
const forward = { type: 'forward', targetGroup: TARGET_GROUP_ARN } as const;

function listening(...values: string[]): Deployment {
  const plain = deploymentOf();
  const rule = { priority: 10, conditions: [{ field: 'path-pattern' as const, values }], action: forward };
  return { ...plain, listener: { ...plain.listener, rules: [rule] } };
}

describe('the URL of the MCP server', () => {
  test('is at the load balancer if it forwards requests for the server and its metadata to the function', () => {
    for (const paths of [['/*'], ['/api/*', `${DOCUMENTS}/*`]]) {
      expect(mcpUrlOf(listening(...paths), ORIGIN)).toBe(`${ORIGIN}/api/mcp`);
    }
  });

  test('is rejected, with advice, if no rule forwards its requests', () => {
    expect(() => mcpUrlOf(listening('/v2/*', `${DOCUMENTS}/*`), ORIGIN)).toThrow(
      /^No listener rule matches .*8080\/api\/mcp, .*: leave out -c hosts, and include \/api\/mcp in -c paths\.$/,
    );
  });

  test('is rejected, with advice, if no rule forwards requests for its metadata', () => {
    expect(() => mcpUrlOf(listening('/api/*', DOCUMENTS), ORIGIN)).toThrow(
      /^No listener rule matches .*8080\/\.well-known\/.*: add -c resourceDocuments=true\.$/,
    );
  });
});
