import { randomUUID } from 'node:crypto';
import type { ParameterChange } from '../ssm/store.ts';

/** The region and account of an event. */
export interface EventPlace {
  readonly region: string;
  readonly account: string;
}

export interface EventBridgeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** To the second, in UTC. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html */
export function parameterChangeEvent(change: ParameterChange, place: EventPlace): EventBridgeEvent {
  const { name, operation, type, description } = change;
  const path = name.startsWith('/') ? name : `/${name}`;
  return {
    ...envelope(place),
    'detail-type': 'Parameter Store Change',
    source: 'aws.ssm',
    resources: [`arn:aws:ssm:${place.region}:${place.account}:parameter${path}`],
    detail: { operation, name, type, ...(description === undefined ? {} : { description }) },
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html */
export function scheduledEvent(place: EventPlace): EventBridgeEvent {
  return {
    ...envelope(place),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    resources: [`arn:aws:events:${place.region}:${place.account}:rule/keeper`],
    detail: {},
  };
}

function envelope({ region, account }: EventPlace) {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  return { version: '0', id: randomUUID(), account, time, region } as const;
}
