/** The keeper runs once in this time, in seconds. */
export const KEEPER_EVERY_SECONDS = 60;

/** Environments refresh after 70 to 90 % of the refresh interval, so on average after this share. */
const MEAN_SHARE = 0.8;

/** Reads of the configuration per second that a busy fleet needs in the long run. */
export const refreshesPerSecond = (environments: number, refreshSeconds: number): number =>
  environments / (MEAN_SHARE * refreshSeconds);
