import fc from 'fast-check';

/** Mostly undefined, and one of the values in one case of `cases`. `fc.option` is the other way round: `freq` is for nil. */
export const rarely = <T>(values: fc.Arbitrary<T>, cases = 12): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: cases - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });
