import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OPTIONS } from '../../../infra/options/options.ts';
import { OFFERED, type Offered, parameterName } from '../../../infra/release/offered-options.ts';
import { type ParameterEntry, parameterEntry } from '../../../infra/release/parameter-entry.ts';
import { wholeNumberPattern } from '../../../infra/release/whole-numbers.ts';

/** Whether CloudFormation accepts a value. Its type Number allows fractions and exponents. */
function isTaken({ Type, ...entry }: ParameterEntry, value: string): boolean {
  const { AllowedPattern, AllowedValues, MaxLength, MinValue, MaxValue } = entry as {
    readonly AllowedPattern?: string;
    readonly AllowedValues?: readonly (string | number)[];
    readonly MaxLength?: number;
    readonly MinValue?: number;
    readonly MaxValue?: number;
  };
  if (AllowedValues !== undefined) return AllowedValues.map(String).includes(value);
  if (Type === 'Number') {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    return number >= (MinValue ?? -Infinity) && number <= (MaxValue ?? Infinity);
  }
  return new RegExp(AllowedPattern ?? '').test(value) && value.length <= (MaxLength ?? Infinity);
}

/** Values for a parameter, most of them acceptable. */
function valuesFor({ AllowedPattern = '^$' }: ParameterEntry): fc.Arbitrary<string> {
  // The generator follows the pattern without its lookaheads.
  const pattern = new RegExp(String(AllowedPattern).replaceAll(/\(\?=.*?\$\)?\)/g, ''));
  return fc.oneof(
    { arbitrary: fc.stringMatching(pattern), weight: 4 },
    fc.stringMatching(/^[+-]?0?\d{1,5}(\.\d{1,2})?(e\d)?$/),
  );
}

const entryOf = (offered: Offered) => parameterEntry(offered, { isSwitch: false, fallback: undefined });

/** The parameters whose values CloudFormation neither looks up nor lists. */
const ofText = OFFERED.filter(
  (offered) => offered.type === undefined && entryOf(offered).AllowedValues === undefined,
);

describe('a value that a template accepts', () => {
  it.each(ofText.map((offered): [string, Offered] => [parameterName(offered), offered]))(
    'as %s is accepted by the app too',
    (_, offered) => {
      const entry = entryOf(offered);
      const { parse } = OPTIONS[offered.option];
      const judge = (value: string) => parse(offered.option === 'paths' ? `${value}/*` : value);
      expect(isTaken(entry, offered.option === 'paths' ? '/the-path' : String(offered.marker))).toBe(true);
      fc.assert(
        fc.property(valuesFor(entry), (value) => {
          fc.pre(isTaken(entry, value));
          expect([value, judge(value)]).toEqual([value, { value: expect.anything() }]);
        }),
        { numRuns: 500, maxSkipsPerRun: 1000 },
      );
    },
  );
});

describe('the pattern for whole numbers', () => {
  it('matches only the numbers in its range, without a sign, a fraction or a leading zero', () => {
    const range = fc
      .tuple(fc.nat(100_000), fc.nat(100_000))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    fc.assert(
      fc.property(range, fc.nat(200_000), ([min = 0, max = 0], other) => {
        const pattern = new RegExp(wholeNumberPattern(min, max));
        for (const value of [min - 1, min, min + 1, max - 1, max, max + 1, other, other % 1000]) {
          expect([value, pattern.test(String(value))]).toEqual([value, value >= min && value <= max]);
        }
        for (const value of [`+${min}`, `0${min}`, `${min}.0`, `${min}e0`, ` ${min}`, '']) {
          expect([value, pattern.test(value)]).toEqual([value, false]);
        }
      }),
    );
  });
});
