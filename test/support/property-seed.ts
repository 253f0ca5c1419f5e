import fc from 'fast-check';

/**
 * Runs in every test file. Properties try the same cases in every run, so that what a run says depends on the code alone.
 * `npm run test:properties` tries others.
 */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });
