import { shellWord } from '../../shell-word.ts';
import { CURL, jsonField } from '../shell-commands.ts';
import type { Preset } from './preset.ts';

const REPOSITORY = 'whose runs may call, as every repository on GitHub gets tokens for any audience';
const RUN = 'which runs of it may call';

export const GITHUB_ACTIONS: Preset = {
  name: 'github-actions',
  section: 'GitHub Actions',
  issuer: /^https:\/\/token\.actions\.githubusercontent\.com$/,
  provider: { algorithms: ['RS256'], maxTokenAgeSeconds: 600 },
  audience: { what: 'what workflows ask for when they get a token' },
  claims: [
    { name: 'repository_id', of: 'provider', rule: 'equals', what: 'ID of the repository', need: REPOSITORY },
    {
      name: 'repository_owner_id',
      of: 'provider',
      rule: 'equals',
      what: 'ID of the owner, for all of its repositories',
      need: REPOSITORY,
    },
    { name: 'ref', of: 'provider', rule: 'equals', what: 'branch or tag', need: RUN },
    { name: 'environment', of: 'provider', rule: 'equals', what: 'environment', need: RUN },
    {
      name: 'event_name',
      of: 'provider',
      rule: 'anyOf',
      what: 'events; never pull_request_target, whose runs have the ref of the repository itself',
      otherwise: ['push', 'workflow_dispatch'],
    },
  ],
  token: {
    kind: 'shell',
    title: 'Get a token, in a workflow with the permission "id-token: write"',
    command: ({ audience: [audience = ''] }) =>
      `TOKEN=$(printf 'Authorization: bearer %s' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" | ${CURL} -H @- "$ACTIONS_ID_TOKEN_REQUEST_URL"${shellWord(`&audience=${encodeURIComponent(audience)}`)} | ${jsonField('value')})`,
  },
  example: {
    issuers: ['https://token.actions.githubusercontent.com'],
    audience: ['api.example.com'],
    claims: {
      repository_id: ['74000001'],
      ref: ['refs/heads/main'],
      event_name: ['push', 'workflow_dispatch'],
    },
    scopes: [],
    paths: ['/api/*'],
  },
};

const PROJECT = 'whose jobs may call, as every project of the instance gets tokens for any audience';

export const GITLAB_CI: Preset = {
  name: 'gitlab-ci',
  section: 'GitLab CI',
  issuer: /^https:\/\/gitlab\.(?:com|[a-z0-9.-]+)$/,
  provider: {
    algorithms: ['RS256'],
    maxTokenAgeSeconds: 3600,
    requiredClaims: { ref_protected: { equals: 'true' } },
  },
  audience: { what: 'what jobs ask for in "id_tokens"' },
  claims: [
    { name: 'project_id', of: 'provider', rule: 'equals', what: 'ID of the project', need: PROJECT },
    {
      name: 'namespace_id',
      of: 'provider',
      rule: 'equals',
      what: 'ID of the group, for all projects directly in it',
      need: PROJECT,
    },
    {
      name: 'ref_path',
      of: 'provider',
      rule: 'equals',
      what: 'protected branch or tag',
      need: 'which jobs of it may call',
    },
  ],
  token: {
    kind: 'words',
    text: ({ audience: [audience = ''] }) =>
      `A job gets it in TOKEN by  id_tokens: { TOKEN: { aud: ${JSON.stringify(audience)} } }  in .gitlab-ci.yml.`,
  },
  example: {
    issuers: ['https://gitlab.com'],
    audience: ['https://api.example.com'],
    claims: { project_id: ['20000001'], ref_path: ['refs/heads/main'] },
    scopes: [],
    paths: ['/api/*'],
  },
};
