import { OPTIONS } from './options.ts';

/** The JSON Schema of a stage's file. */
export function stageSchema(): object {
  const options = Object.entries(OPTIONS).filter(([name]) => name !== 'stage');
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:alb-jwt-authorizer:stage',
    title: 'Stage',
    description:
      'The options of a deployment, in stages/NAME.json; "npx cdk deploy -c stage=NAME" deploys with them',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      ...Object.fromEntries(
        options.map(([name, { default: fallback, description, parse }]) => [
          name,
          { description, ...(fallback === undefined ? {} : { default: fallback }), ...parse.schema },
        ]),
      ),
    },
    additionalProperties: false,
  };
}
