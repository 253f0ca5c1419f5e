import type { Rule } from '../finding.ts';
import { isCustom } from '../replaced-by.ts';

/**
 * A logical id keeps its type, and a custom resource the function that serves it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
 */
export const typesAndServiceTokensStay: Rule = ({ changes }) =>
  changes.flatMap((change) => {
    if (change.kind !== 'modified' && change.kind !== 'replaced') return [];
    const { id, before, after, properties } = change;
    const fails = (text: string) => [{ kind: 'fails' as const, id, type: after.Type, text }];
    if (before.Type !== after.Type) return fails(`was ${before.Type}, and an id's type cannot change`);
    if (isCustom(after.Type) && properties.includes('ServiceToken')) {
      return fails('gets another ServiceToken, which cannot change');
    }
    return [];
  });
