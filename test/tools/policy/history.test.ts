import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describedBy, noteOf } from '../../../tools/policy/change-note.ts';
import { foreignEdit, lastChange, ownNoteOf, type PastVersion } from '../../../tools/policy/history.ts';

const NOTE = { id: '0123456789ab', after: 1, by: 'put' };
const past = (version: number, value: string, description = '', at = version): PastVersion => ({
  version,
  value,
  at,
  by: 'arn:aws:iam::000000000000:user/somebody',
  description,
});

describe('the note of a change', () => {
  test("is read back from any description, which never exceeds SSM's limit", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 1024, unit: 'binary' }), fc.nat(), (text, after) => {
        const once = describedBy(text, { ...NOTE, after });
        expect(noteOf(once)).toEqual({ ...NOTE, after });
        expect(once.length).toBeLessThanOrEqual(1024);
        const twice = describedBy(once, NOTE);
        expect(noteOf(twice)).toEqual(NOTE);
        expect(twice.length).toBeLessThanOrEqual(1024);
      }),
    );
  });

  test('is ignored in the middle of a description', () => {
    expect(noteOf(`${describedBy('', NOTE)} and more`)).toBeUndefined();
    expect(noteOf('')).toBeUndefined();
  });
});

describe('a version', () => {
  const ours = describedBy('Policy', NOTE);

  test('put by somebody else without a description keeps ours, but counts as theirs', () => {
    const history = [past(1, 'a'), past(2, 'b', ours), past(3, 'c', ours)];
    expect(ownNoteOf(history, 2)).toEqual(NOTE);
    expect(ownNoteOf(history, 3)).toBeUndefined();
    expect(foreignEdit(history)?.version).toBe(3);
  });

  test('put by a repeated call is ours', () => {
    const history = [past(1, 'a'), past(2, 'b', ours), past(3, 'b', ours)];
    expect(ownNoteOf(history, 3)).toEqual(NOTE);
    expect(foreignEdit(history)).toBeUndefined();
  });

  test('before any of ours does not count as an edit of ours', () => {
    expect(foreignEdit([past(1, 'a'), past(2, 'b')])).toBeUndefined();
    expect(foreignEdit([])).toBeUndefined();
  });
});

describe('the last change', () => {
  const together = { ...NOTE, id: 'aaaaaaaaaaaa' };
  const note = (after: number) => describedBy('', { ...together, after });

  test('is everything that was put together', () => {
    const change = lastChange({
      issuer: [past(1, 'a', '', 1), past(2, 'b', note(1), 20)],
      policy: [past(1, '{}', '', 1), past(4, '{"a":1}', note(3), 21)],
      upstream: [past(1, 'u', '', 1), past(2, 'v', describedBy('', NOTE), 10)],
    });
    expect(change?.parts).toEqual([
      { name: 'policy', version: 4, after: 3 },
      { name: 'issuer', version: 2, after: 1 },
    ]);
  });

  test('is only a later edit, if somebody else made one', () => {
    const change = lastChange({
      issuer: [past(2, 'b', note(1), 20), past(3, 'c', note(1), 30)],
      policy: [past(4, '{}', note(3), 21)],
    });
    expect(change).toMatchObject({ note: undefined, parts: [{ name: 'issuer', version: 3, after: 2 }] });
  });
});
