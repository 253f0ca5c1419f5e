import { KEEPER_EVERY_SECONDS, refreshesPerSecond } from './demand.ts';

/**
 * List prices of us-east-1 in dollars, as of November 2026; check them against the current ones:
 * https://aws.amazon.com/lambda/pricing/ https://aws.amazon.com/s3/pricing/
 * https://aws.amazon.com/eventbridge/pricing/ https://aws.amazon.com/systems-manager/pricing/
 */
const PRICES = {
  lambdaRequest: 0.2 / 1e6,
  /** On arm64. */
  lambdaGbSecond: 0.0000133334,
  s3Put: 0.005 / 1_000,
  s3Get: 0.0004 / 1_000,
  /** Events of AWS services and scheduled rules are free. */
  eventBridgeEvent: 0,
  ssmCall: { standard: 0, higherThroughput: 0.05 / 10_000 },
} as const;

const MONTH_SECONDS = 730 * 3_600;

/** One run of the keeper, each minute, with 256 MB; its duration is a high estimate. */
const KEEPER = { everySeconds: KEEPER_EVERY_SECONDS, gb: 0.25, seconds: 0.5 };

/** The keeper's runs, each with a GET and a PUT of the snapshot, without SSM and the metrics. */
export function keeperPerMonth(): number {
  const runs = MONTH_SECONDS / KEEPER.everySeconds;
  const lambda = PRICES.lambdaRequest + KEEPER.gb * KEEPER.seconds * PRICES.lambdaGbSecond;
  return runs * (lambda + PRICES.s3Get + PRICES.s3Put + PRICES.eventBridgeEvent);
}

/** The total number of refreshes of environments that are busy all month. */
const refreshes = (environments: number, refreshSeconds: number): number =>
  MONTH_SECONDS * refreshesPerSecond(environments, refreshSeconds);

/** The monthly cost of reading the configuration, in dollars. */
export const costPerMonth = (environments: number, refreshSeconds = 60) => ({
  keeper: keeperPerMonth() + refreshes(environments, refreshSeconds) * PRICES.s3Get,
  higherThroughput: refreshes(environments, refreshSeconds) * PRICES.ssmCall.higherThroughput,
  standard: refreshes(environments, refreshSeconds) * PRICES.ssmCall.standard,
});
