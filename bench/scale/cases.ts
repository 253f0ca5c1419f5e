/** The simulated sizes of a fleet, in environments, without the keeper. */
export const SMALL = [1, 10, 100, 300, 1_000, 2_000, 5_000];

/** The simulated sizes with the keeper. */
export const SIZES = [...SMALL, 10_000, 50_000];

/** The results of a burst of cold starts: with the keeper, and without it under both limits of SSM. */
export const startWithKeeper = (environments: number): string =>
  `scale/${environments} with keeper: configured p99, target`;
export const startWithoutKeeper = (environments: number): string =>
  `scale/${environments} environments: p99 until configured, SSM at 40 calls/s, at 1,000`;
