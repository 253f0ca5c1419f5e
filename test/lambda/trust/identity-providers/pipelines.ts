import { NOW } from '../../../support/tokens.ts';
import { certified, full, type IdentityProvider, otherRsa, publish, rsa } from './identity-provider.ts';

export function githubActions(): IdentityProvider {
  const key = rsa('cc413527-173f-5a05-976e-9c52b1d7b431');
  const issuer = 'https://token.actions.githubusercontent.com';
  const subject = 'repo:acme/orders:ref:refs/heads/main';
  return {
    section: 'GitHub Actions',
    key,
    jwksUri: `${issuer}/.well-known/jwks`,
    keys: [publish(otherRsa('38826b17-6a30-5f9b-b169-8beb8202f723'), certified), publish(key, certified)],
    header: { typ: 'JWT', alg: 'RS256', x5t: 'zEE1JxcQQXWXBpbnNFKxsdexQ', kid: key.kid },
    claims: {
      jti: 'f1f0e6a7-0f0f-4a55-9c0e-9f1b0e6a7f11',
      sub: subject,
      aud: 'api.example.com',
      ref: 'refs/heads/main',
      sha: '0'.repeat(40),
      repository: 'acme/orders',
      repository_id: '74000001',
      repository_owner: 'acme',
      repository_owner_id: '123456',
      run_id: '1234567890',
      runner_environment: 'github-hosted',
      actor: 'jane',
      workflow_ref: 'acme/orders/.github/workflows/deploy.yml@refs/heads/main',
      job_workflow_ref: 'acme/orders/.github/workflows/deploy.yml@refs/heads/main',
      event_name: 'push',
      ref_type: 'branch',
      ref_protected: 'true',
      iss: issuer,
      nbf: NOW - 300,
      exp: NOW + 300,
      iat: NOW - 5,
    },
    identity: { issuer, subject, scope: '' },
    accepted: [
      ['a subject with IDs in it', { sub: 'repo:acme@123456/orders@74000001:ref:refs/heads/main' }],
      ['a run that was started by hand', { event_name: 'workflow_dispatch' }],
    ],
    rejected: [
      ['a repository of the same name later', { repository_id: '74000002' }, 'claim_not_accepted'],
      ['an ID that is a number', { repository_id: 74000001 }, 'claim_not_accepted'],
      ["anybody's branch", { ref: 'refs/pull/7/merge', event_name: 'pull_request' }, 'claim_not_accepted'],
      ['a tag of the same name', { ref: 'refs/tags/main', ref_type: 'tag' }, 'claim_not_accepted'],
      [
        "anybody's pull request that runs on the branch",
        { event_name: 'pull_request_target' },
        'claim_not_accepted',
      ],
      ['another repository that uses the workflow', { repository_id: '81000001' }, 'claim_not_accepted'],
      ['the default audience', { aud: 'https://github.com/acme' }, 'audience_mismatch'],
      ['the issuer of an enterprise', { iss: `${issuer}/octocorp` }, 'issuer_mismatch'],
      ['a GitHub of your own', { iss: 'https://github.example.com/_services/token' }, 'issuer_mismatch'],
    ],
  };
}

export function gitlabCi(): IdentityProvider {
  const key = rsa('4i3sFE7sxqNPOT7FdvcGA1ZVGGI_r-tsDXnEuYT4ZqE');
  const issuer = 'https://gitlab.com';
  const subject = 'project_path:acme/orders:ref_type:branch:ref:main';
  const project = { project_id: '20000001', project_path: 'acme/orders' };
  const group = { namespace_id: '72', namespace_path: 'acme' };
  return {
    section: 'GitLab CI',
    key,
    jwksUri: `${issuer}/oauth/discovery/keys`,
    keys: [publish(otherRsa('kewiQq9jiC84CvSsJYOB-N6A8WFLSV20Mb-y7IlWDSQ'), full), publish(key, full)],
    header: { kid: key.kid, typ: 'JWT', alg: 'RS256' },
    claims: {
      ...group,
      ...project,
      job_project_id: '20000001',
      job_project_path: 'acme/orders',
      job_namespace_id: '72',
      job_namespace_path: 'acme',
      user_id: '1',
      user_login: 'jane',
      user_email: 'jane@example.com',
      pipeline_id: '574',
      pipeline_source: 'push',
      job_id: '302',
      ref: 'main',
      ref_type: 'branch',
      ref_path: 'refs/heads/main',
      ref_protected: 'true',
      runner_id: 1,
      runner_environment: 'gitlab-hosted',
      sha: '0'.repeat(40),
      project_visibility: 'private',
      jti: '235b3a54-b797-45c7-ae9a-f72d7bc6ef5b',
      iss: issuer,
      iat: NOW - 5,
      nbf: NOW - 10,
      exp: NOW + 3595,
      sub: subject,
      aud: 'https://api.example.com',
    },
    identity: { issuer, subject, scope: '' },
    rejected: [
      ['a project of the same path later', { project_id: '20000002' }, 'claim_not_accepted'],
      [
        "a fork's merge request that runs in the project",
        { project_id: '20000099', project_path: 'mallory/orders' },
        'claim_not_accepted',
      ],
      ['a branch that anybody can push to', { ref_protected: 'false' }, 'claim_not_accepted'],
      ['another protected branch', { ref: 'next', ref_path: 'refs/heads/next' }, 'claim_not_accepted'],
      ['a tag of the same name', { ref_type: 'tag', ref_path: 'refs/tags/main' }, 'claim_not_accepted'],
      ['a boolean in place of a string', { ref_protected: true }, 'claim_not_accepted'],
      ['the default audience', { aud: 'https://gitlab.com' }, 'audience_mismatch'],
      ['a GitLab of your own', { iss: 'https://gitlab.example.com' }, 'issuer_mismatch'],
      ['the old issuer without a scheme', { iss: 'gitlab.com' }, 'issuer_mismatch'],
    ],
  };
}
