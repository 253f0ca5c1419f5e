import { beforeAll, describe, expect, test } from '@jest/globals';
import { isPathProblem, type JudgePath } from '../../../../lambda/core/paths/judge-path.ts';
import { STEP_NAMES } from '../../../../lambda/core/paths/steps.ts';
import { judgeOf, outcomeOf } from '../../../support/paths.ts';

const OPEN = { onUnauthenticatedRequest: 'allow' };

/** Typical routes: something open, something that only some may do, and the rest. */
const POLICY = {
  routes: [
    { path: '/api/public/*', ...OPEN },
    { path: '/api/admin/*', scopes: ['admin'] },
    { path: '/api/orders/*', methods: ['POST'], scopes: ['orders:write'] },
    { path: '/api/export.csv', scopes: ['export'] },
    { path: '/api/export', scopes: ['admin'] },
    { path: '/api/v1/*/secrets', scopes: ['admin'] },
  ],
};
let judge: JudgePath | undefined;
let withoutRoutes: JudgePath | undefined;
beforeAll(async () => {
  judge = await judgeOf(POLICY);
  withoutRoutes = await judgeOf({});
});

test('a path whose readings have different MCP routes is rejected, even if the first of them is the same', async () => {
  const mcp = { method: 'tools/call' };
  const one = await judgeOf({
    routes: [
      { path: '/*', mcp: { ...mcp, name: 'search' } },
      { path: '/mcp/admin', mcp, scopes: ['admin'] },
      { path: '/*', mcp },
    ],
  });
  expect(outcomeOf(one, '/mcp/admin', 'POST')).toBe('/*');
  for (const path of ['/mcp/Admin', '/mcp//admin', '/mcp%2Fadmin', '/mcp/admin.json']) {
    expect(outcomeOf(one, path, 'POST')).toBe('rejected');
    expect(outcomeOf(one, path)).toBe('none');
  }
  for (const path of ['/mcp/Other', '/mcp/%41', '/mcp/x.json']) {
    expect(outcomeOf(one, path, 'POST')).toBe('/*');
  }
  const judged = one?.('POST', '/mcp/Admin');
  expect(judged && isPathProblem(judged) && judged.problem).toContain(
    'the path matches the MCP routes for /*, but matches the MCP routes for /*, /mcp/admin when read as',
  );
});

describe('a path that some server could send to another route is rejected', () => {
  test.each([
    ['/api/Admin/users', 'case'],
    ['/API/ADMIN', 'case'],
    ['/api/%C3%81dmin/users', 'an accent'],
    ['/api/%EF%BD%81dmin', 'a compatibility form'],
    ['/api/ad%C2%ADmin', 'a soft hyphen'],
    ['/api/ad%E2%80%8Bmin', 'a space without width'],
    ['/api/admin%EF%BC%8Fusers', 'a wide slash'],
    ['/api/%61dmin', 'an escape that not all decode'],
    ['/api/%70ublic/x', 'an escape in what is open'],
    ['/api/expor%54', 'an escape and case'],
    ['/api/%2561dmin', 'a double escape'],
    ['/api/%252561dmin', 'a triple escape'],
    ['/api/%25u0061dmin', 'an escape of IIS in an escape'],
    ['/api/admin;x=1/users', 'path parameters'],
    ['/api;x/admin', 'path parameters of another segment'],
    ['/api/admin%3Bx', 'escaped path parameters'],
    ['/api/admin%3F', 'an escaped question mark'],
    ['/api/admin%23x', 'an escaped number sign'],
    ['/api/admin%3Fx/y', 'what follows a question mark'],
    ['/api//admin', 'slashes in a row'],
    ['/api%2Fadmin', 'an escaped slash'],
    ['/api/%2Fadmin', 'an escaped slash in a row'],
    ['/api/public%2F..;/x', 'dots with parameters'],
    ['/api\\admin', 'a backslash'],
    ['/api%5Cadmin', 'an escaped backslash'],
    ['/api%255Cadmin', 'a backslash that is escaped twice'],
    ['/api/admin.', 'a dot at the end'],
    ['/api/admin%20', 'a space at the end'],
    ['/api/%20admin/x', 'a space at the start'],
    ['/api/admin%E3%80%80/x', 'a wide space'],
    ['/api/admin./users', 'a dot at the end of a segment'],
    ['/api/admin.json', 'a suffix'],
    ['/api/admin.tar.gz', 'suffixes'],
    ['/api/admin.json/', 'a suffix before a slash'],
    ['/api/ADMIN;v=1%2E%2fusers.JSON', 'much at once'],
    ['/api/v1/a%2Fsecrets', 'an escaped slash before an inner wildcard'],
    ['/api/v1/a/secrets;x', 'parameters after an inner wildcard'],
    ['/api/EXPORT', 'case, where suffixes count'],
    ['/api/export.json', 'a suffix beside one that a route names'],
  ])('%s: %s', (path) => expect(outcomeOf(judge, path)).toBe('rejected'));

  test('by the method of the request', () => {
    expect(outcomeOf(judge, '/api/Orders/1', 'POST')).toBe('rejected');
    expect(outcomeOf(judge, '/api/Orders/1', 'GET')).toBe('none');
  });
});

describe('a path that no server should ever see is rejected, whatever the routes', () => {
  test.each([
    '',
    '*',
    'api/x',
    'http://evil.example/api/x',
    '@evil.example',
    '//evil.example/',
    '/\\evil.example',
    '\\/evil.example',
    '/%2Fevil.example',
    '/%5cevil.example',
    '/%252fevil.example',
    '/;/evil.example',
    '/%20/evil.example',
    '/api/.',
    '/api/..',
    '/api/./x',
    '/api/../admin',
    '/api/x/..',
    '/api/%2e%2e/admin',
    '/api/.%2E/admin',
    '/api/%2e/x',
    '/api/%252e%252e/x',
    '/api/..;/admin',
    '/api/..;x=1/admin',
    '/api/..%3B/admin',
    '/api/x/..%2Fadmin',
    '/api/x/..%5Cadmin',
    '/api/..%20/x',
    '/api/.%20./x',
    '/api/%20../x',
    '/api/..%3F',
    '/api/..%23x',
    '/api/%E2%80%A4%E2%80%A4/x',
    '/api/%EF%BC%8E%EF%BC%8E/x',
    '/api/%EF%BC%8F..%EF%BC%8Fx',
    '/api/x%00',
    '/api/x%2500',
    '/api/x%0d%0aHost:',
    '/api/x%09',
    '/api/x%7f',
    '/api/x%C2%85',
    '/api/%c0%af',
    '/api/%C1%9C',
    '/api/%E0%80%AF',
    '/api/%F0%80%80%AF',
    '/api/..%f8%80%80%80%afadmin',
    '/api/..%fc%80%80%80%80%afadmin',
    '/api/..%25f8%2580%2580%2580%25afadmin',
    '/api/%25c0%25af',
    '/api/%ED%A0%80',
    '/api/%FF',
    '/api/%C3',
    '/api/x%',
    '/api/x%2',
    '/api/x%zz',
    '/api/x%u002f',
    '/api/x y',
    '/api/x\ty',
    '/api/x\n',
    '/api/x\r\nHost: evil.example',
    '/api/x\u0000',
    '/api/x?y',
    '/api/x#y',
    '/api/café',
    '/api/\u2024\u2024/x',
  ])('%j', (path) => {
    expect(outcomeOf(withoutRoutes, path)).toBe('rejected');
    expect(outcomeOf(judge, path)).toBe('rejected');
  });
});

describe('a path of an honest API is accepted, whatever its characters', () => {
  test.each([
    ['/', 'the root'],
    ['/api/pkg/@scope%2Fname', 'a scoped package of npm'],
    ['/api/pkg/%40scope%2fname/-/name-1.0.0-beta.1.tgz', 'its archive'],
    ['/api/v4/projects/group%2Fsub%2Fproject/repository/files/src%2FMain.java/raw', 'a project of GitLab'],
    ['/api/roles/arn:aws:iam::123456789012:role%2Fteam%2FName+1', 'an ARN'],
    ['/api/s3/Photos/2026/My%20Trip%20(1)/IMG+0001.JPG', 'a key of S3'],
    ['/api/s3/%E6%9D%B1%E4%BA%AC/caf%C3%A9%2B1%23.txt', 'another key of S3'],
    ['/api/maven/com/acme/lib/1.0.0-SNAPSHOT/lib-1.0.0-20260101.123456-1.jar.sha1', 'an artifact of Maven'],
    ["/api/odata/Products(Name='a%2Fb',Id=7)/$value", 'an entity of OData'],
    ['/api/cars;color=red;year=2026/doors;side=left', 'matrix parameters'],
    ['/api/o;jsessionid=1A2B3C.node1', 'a session of a servlet'],
    ['/api/q/50%25descuento', 'a percent sign'],
    ['/api/q/100%2525', 'an escape of an escape'],
    ['/api/%7Euser/', 'a tilde'],
    ['/api//orders/1', 'an empty segment'],
    ['/api/studies/1.2.840.113619.2.5.1762583153.215519.978957063.78', 'an object identifier'],
    ['/api/files/.well-known/..data/key', 'names that begin with dots'],
    ['/api/files/..data', 'a volume of Kubernetes'],
    ['/api/.well-known/', 'a directory that begins with a dot'],
    ['/api/wiki/...And_Justice_for_All', 'a title'],
    ['/api/files/...', 'a name of dots'],
    ['/api/files/a..b/x.', 'dots'],
    ['/api/[x]^|/{id}/"q"/<a>/`', 'what browsers leave as it is'],
    ["/api/!$&'()*+,=:@-._~", 'all that may stand in a segment'],
    ['/api/emoji/%F0%9F%98%80%E2%80%8D%F0%9F%92%BB', 'an emoji of two'],
    ['/api/base64/aGVsbG8rd29ybGQ%2FPz8%3D==', 'base64'],
    ['/api/url/https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc%23d', 'a URL'],
    ['/api/win/C%3A%5CTemp', 'a path of Windows'],
    ['/api/sql/a%3Bb', 'an escaped semicolon'],
    ['/api/tag/C%23', 'an escaped number sign'],
  ])('%s: %s', (path) => {
    expect(outcomeOf(judge, path)).toBe('none');
    expect(outcomeOf(withoutRoutes, path)).toBe('none');
    const open = `/api/public${path}`.replace('public//', 'public/');
    // A path below the open route is not where the route begins.
    expect(outcomeOf(judge, open)).toBe(path === '/' ? 'none' : '/api/public/*');
  });
});

describe('a slash at the end', () => {
  test.each([
    ['/api/admin', '/api/admin/*'],
    ['/api/admin/', '/api/admin/*'],
    ['/api/admin//', '/api/admin/*'],
    ['/api/export/', '/api/export'],
    ['/api/export.csv/', '/api/export.csv'],
  ])('makes no difference: %s takes %s', (path, route) => expect(outcomeOf(judge, path)).toBe(route));
  test('opens nothing that the policy does not name', () => {
    for (const path of ['/api/public', '/api/public/', '/api/public//']) {
      expect(outcomeOf(judge, path)).toBe('none');
    }
    expect(outcomeOf(judge, '/api/public/;x=1')).toBe('rejected');
    expect(outcomeOf(judge, '/api/public/x/')).toBe('/api/public/*');
  });
  test('opens both where the policy names it', async () => {
    const routes = [
      { path: '/docs/', ...OPEN },
      { path: '/docs/*', ...OPEN },
    ];
    for (const rest of [{}, { unmatched: 'deny', stripPrefix: '/docs' }]) {
      const judgeOne = await judgeOf({ routes, ...rest });
      expect(['/docs', '/docs/', '/docs/x'].map((path) => outcomeOf(judgeOne, path))).toEqual([
        '/docs/',
        '/docs/',
        '/docs/*',
      ]);
    }
  });
  test('opens no collection whose items are open', async () => {
    const judgeOne = await judgeOf({
      routes: [{ path: '/api/users/*', methods: ['GET'], ...OPEN }, { path: '/api/*' }],
    });
    expect(outcomeOf(judgeOne, '/api/users/')).toBe('/api/*');
    // The index page of a framework that reads a suffix as the format.
    for (const path of [
      '/api/users/.json',
      '/api/users/.json/',
      '/api/users/.a.json',
      '/api/users/...a.b',
      '/api/users/...',
    ]) {
      expect(outcomeOf(judgeOne, path)).toBe('rejected');
    }
    expect(outcomeOf(judgeOne, '/api/users/1/')).toBe('/api/users/*');
  });
  test.each([
    ['anonymous', OPEN, 'none'],
    ['report-only', { mode: 'report-only' }, 'none'],
    ['report-only of an anonymous one', { ...OPEN, mode: 'report-only' }, 'none'],
    ['for preflights', { corsPreflight: 'allow' }, '/api/x'],
    ['enforced', { mode: 'enforce' }, '/api/x'],
  ])('and a route that is %s matches it only if that opens nothing', async (_, route, expected) => {
    const judgeOne = await judgeOf({ routes: [{ path: '/api/x', ...route }] });
    expect(outcomeOf(judgeOne, '/api/x')).toBe('/api/x');
    expect(outcomeOf(judgeOne, '/api/x/')).toBe(expected);
  });
  test("follows the policy's own mode, if that is report-only", async () => {
    const routes = [{ path: '/api/x' }, { path: '/api/y', mode: 'enforce' }];
    const judgeAll = await judgeOf({ mode: 'report-only', routes });
    expect(['/api/x/', '/api/y/'].map((path) => outcomeOf(judgeAll, path))).toEqual(['none', '/api/y']);
  });
});

describe('a pattern', () => {
  test('in upper case is for paths in upper case', async () => {
    const judgeOne = await judgeOf({ routes: [{ path: '/api/Admin/*' }] });
    expect(outcomeOf(judgeOne, '/api/Admin/x')).toBe('/api/Admin/*');
    // Also a path with nothing else to check.
    expect(outcomeOf(judgeOne, '/api/admin/x')).toBe('rejected');
    expect(outcomeOf(judgeOne, '/api/orders/x')).toBe('none');
  });
  test('with escapes also matches the decoded path', async () => {
    const judgeOne = await judgeOf({
      routes: [{ path: '/api/caf%C3%A9/*' }, { path: '/api/pkg/@acme%2f*' }, { path: '/api/a%20b' }],
    });
    expect(outcomeOf(judgeOne, '/api/caf%c3%a9/x')).toBe('/api/caf%C3%A9/*');
    expect(outcomeOf(judgeOne, '/api/cafe/x')).toBe('rejected');
    // A router that does not decode before matching has no such handler.
    expect(outcomeOf(judgeOne, '/api/pkg/%40acme%2Fx')).toBe('rejected');
    expect(outcomeOf(judgeOne, '/api/pkg/@acme/x')).toBe('/api/pkg/@acme%2f*');
    expect(outcomeOf(judgeOne, '/api/a%20b/')).toBe('/api/a%20b');
  });
  test('has ? for one character as spelled', async () => {
    const judgeOne = await judgeOf({ routes: [{ path: '/api/reports/??' }] });
    expect(outcomeOf(judgeOne, '/api/reports/ab')).toBe('/api/reports/??');
    expect(outcomeOf(judgeOne, '/api/reports/%40%7E')).toBe('rejected');
    expect(outcomeOf(judgeOne, '/api/reports/a%20')).toBe('rejected');
    expect(outcomeOf(judgeOne, '/api/reports/abc')).toBe('none');
  });
  test('with a suffix matches only paths with that suffix', async () => {
    const judgeOne = await judgeOf({ routes: [{ path: '/api/openapi.json', ...OPEN }, { path: '/api/*' }] });
    expect(outcomeOf(judgeOne, '/api/openapi.json')).toBe('/api/openapi.json');
    expect(outcomeOf(judgeOne, '/api/openapi.yaml')).toBe('/api/*');
    expect(outcomeOf(judgeOne, '/api/openapi.json.gz')).toBe('rejected');
  });
  test.each([
    ['/api/x.json/', '/api/x.json', '/api/x.json/'],
    ['/api/export.*', '/api/export.csv', 'rejected'],
    ['/api/v1.*', '/api/v1.0/admin.json', 'rejected'],
    ['/api/v1.*', '/api/v1.0/users', '/api/v1.*'],
    ['/api/*.*', '/api/secret.json', 'rejected'],
    ['/api/a.b%2F*', '/api/a.b/admin.json', 'rejected'],
  ])('%s: the outcome for %s is %s', async (pattern, path, expected) => {
    const guarded = ['/api/*/admin', '/api/secret'].map((one) => ({ path: one, scopes: ['admin'] }));
    const judgeOne = await judgeOf({ routes: [...guarded, { path: pattern, ...OPEN }] });
    expect(outcomeOf(judgeOne, path)).toBe(expected);
  });
  test('that has an escape matches paths that are sent with it, and without', async () => {
    const judgeOne = await judgeOf({ routes: [{ path: '/api/%40acme/*' }] });
    expect(outcomeOf(judgeOne, '/api/%40acme/x')).toBe('/api/%40acme/*');
    expect(outcomeOf(judgeOne, '/api/@acme/x')).toBe('/api/%40acme/*');
  });
});

describe('readings that the policy leaves out', () => {
  const outcomes = async (pattern: string, path: string, step: string) => {
    const routes = [{ path: pattern, scopes: ['admin'] }];
    const readings = STEP_NAMES.filter((name) => name !== step);
    return [
      outcomeOf(await judgeOf({ routes }), path),
      outcomeOf(await judgeOf({ routes, paths: { readings } }), path),
    ];
  };
  test.each([
    ['keepSlash', '/api/?????/c', '/api/a%2Fb/c%20'],
    ['plus', '/api/a%20b/*', '/api/a+b/x'],
    ['params', '/api/admin/*', '/api/admin;x'],
    ['params', '/api/???/c', '/api/a;b/c;d'],
    ['params', '/api/admin', '/api/admin;x/y'],
    ['cut', '/api/admin/*', '/api/admin%3F'],
    ['cut', '/api/admin/*', '/api/admin%23'],
    ['merge', '/api/admin/*', '/api//admin'],
    ['trim', '/api/admin/*', '/api/admin.'],
    ['backslash', '/api/admin/*', '/api\\admin'],
    ['fold', '/api/admin/*', '/api/Admin'],
    ['suffix', '/api/admin/*', '/api/admin.json'],
  ])('are ignored: without %s the route %s does not match %s', async (step, pattern, path) => {
    expect(await outcomes(pattern, path, step)).toEqual(['rejected', 'none']);
  });
});

test('raw can be left out if every server decodes before it matches', async () => {
  const readings = STEP_NAMES.filter((name) => name !== 'raw');
  const routes = [{ path: '/api/@acme/*' }];
  expect(outcomeOf(await judgeOf({ routes }), '/api/%40acme/x')).toBe('rejected');
  expect(outcomeOf(await judgeOf({ routes, paths: { readings } }), '/api/%40acme/x')).toBe('/api/@acme/*');
});

describe('a rejection says', () => {
  const problemOf = (path: string, by = judge) => {
    const judged = by?.('GET', path);
    return judged && isPathProblem(judged) ? judged : undefined;
  };
  test('how the path was read, which two routes it would match, and what to do about it', () => {
    expect(problemOf('/api/%2541dmin;x/y')?.problem).toBe(
      'the path matches no route, but matches the route /api/admin/* when read as "/api/admin/y" (decode x2, params, ' +
        'fold): give both the same route, or leave "params" or "fold" out of paths.readings if nothing ' +
        'behind the function reads paths that way',
    );
  });
  test('no more than fits into a log line', () => {
    expect(problemOf(`/api/admin;${'x'.repeat(9000)}/${'y'.repeat(9000)}`)?.problem.length).toBeLessThan(600);
  });
  test.each([
    ['/api/x/../y', 'the path has a dot segment'],
    ['/api/x%', 'the path has an escape that is malformed or not UTF-8'],
    ['/api/%252e.', 'the path has a dot segment when read as "/api/.." (decode x2)'],
    ['/api/x%00', 'the path has a control character when read as "/api/x\\u0000" (decode)'],
    [`/api/%${'25'.repeat(999)}`, 'the path can be read in too many ways'],
  ])('of %s: %s', (path, problem) => expect(problemOf(path)?.problem).toBe(problem));
});
