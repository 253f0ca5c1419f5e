import { type Finding, ok, problem, warning } from './check.ts';

const EVENTS = 'aws cloudformation describe-stack-events --stack-name NAME';

interface StatusEntry {
  readonly is: RegExp;
  readonly finding: (status: string) => Finding;
}

/** What each status of a stack means. The first that fits applies. */
const STATUSES: readonly StatusEntry[] = [
  {
    is: /^(?:CREATE|UPDATE|IMPORT)_COMPLETE$/,
    finding: ok,
  },
  {
    is: /^REVIEW_IN_PROGRESS$/,
    finding: (status) =>
      warning(
        `${status}: there is a change set and nothing is deployed yet`,
        'Deploy it: npx cdk deploy -c stage=STAGE',
      ),
  },
  {
    is: /_IN_PROGRESS$/,
    finding: (status) =>
      warning(`${status}: what follows may change`, 'Wait for the deploy to end, then run this again.'),
  },
  {
    is: /^UPDATE_ROLLBACK_COMPLETE$/,
    finding: (status) =>
      warning(
        `${status}: the last deploy failed, and everything is as it was before`,
        `See why: ${EVENTS}. Then deploy again. After a gradual deployment: docs/runbook.md#a-gradual-deployment-is-rolled-back`,
      ),
  },
  {
    is: /^UPDATE_ROLLBACK_FAILED$/,
    finding: (status) =>
      problem(
        `${status}: a deploy failed and could not be undone, so no other deploy is possible`,
        `See why: ${EVENTS}. Put that right, then: aws cloudformation continue-update-rollback --stack-name NAME. If it is the Configuration function: docs/operations.md#if-the-configuration-function-cannot-respond`,
      ),
  },
  {
    is: /^UPDATE_FAILED$/,
    finding: (status) =>
      problem(
        `${status}: a deploy without rollback stopped half way`,
        `See why: ${EVENTS}. Put that right and deploy again.`,
      ),
  },
  {
    is: /^(?:CREATE_FAILED|ROLLBACK_COMPLETE)$/,
    finding: (status) =>
      problem(
        `${status}: the first deploy failed, so nothing serves requests`,
        `See why: ${EVENTS}. Then deploy again, which deletes what is left first. Parameters: docs/runbook.md#a-deploy-fails-at-the-parameters`,
      ),
  },
  {
    is: /^(?:ROLLBACK|DELETE)_FAILED$/,
    finding: (status) =>
      problem(
        `${status}: something could not be deleted`,
        `See what: ${EVENTS}. Then docs/runbook.md#a-stack-cannot-be-deleted`,
      ),
  },
  {
    is: /^IMPORT_ROLLBACK_/,
    finding: (status) =>
      problem(
        `${status}: an import into the stack failed`,
        `See why: ${EVENTS}. Then import or deploy again.`,
      ),
  },
];

/** What a status means for a deployment, and what to do about it. */
export function stackStatusFinding(name: string, status: string, endpointOptions = ''): Finding {
  const finding =
    STATUSES.find(({ is }) => is.test(status))?.finding(status) ??
    warning(`the status ${status} is unknown to this version`, `See what it means: ${EVENTS}`);
  const detail = `${name}, ${finding.detail}`;
  return 'remedy' in finding && finding.remedy !== undefined
    ? {
        ...finding,
        detail,
        remedy: finding.remedy.replaceAll('--stack-name NAME', `--stack-name ${name}${endpointOptions}`),
      }
    : { ...finding, detail };
}
