import type { Rule } from '../finding.ts';
import { isCustom } from '../replaced-by.ts';

/**
 * A logical id keeps its type, and a custom resource keeps its function.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
 */
export const typesAndServiceTokensStay: Rule = ({ changes }) =>
  changes.flatMap((change) => {
    if (change.kind !== 'modified' && change.kind !== 'replaced') return [];
    const { id, before, after, properties } = change;
    const fails = (text: string) => [{ kind: 'fails' as const, id, type: after.Type, text }];
    if (before.Type !== after.Type)
      return fails(`was ${before.Type}, and the type of a logical id cannot change`);
    if (isCustom(after.Type) && properties.includes('ServiceToken')) {
      return fails('gets another ServiceToken, but a ServiceToken cannot change');
    }
    return [];
  });
