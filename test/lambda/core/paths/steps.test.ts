import { describe, expect, test } from '@jest/globals';
import { spell } from '../../../../lambda/core/paths/spelling.ts';
import { fold, STEP_NAMES, STEPS } from '../../../../lambda/core/paths/steps.ts';

/** The results of a step, one per operation; the text itself if none changes it. */
function resultsOf(name: string, text: string): string[] {
  const results = new Set(STEPS.filter((step) => step.name === name).map(({ read }) => read(text)));
  const changed = [...results].filter((result) => result !== text);
  return changed.length > 0 ? changed : [...results];
}

describe('the step', () => {
  test.each<[string, string, string[]]>([
    ['decode', '/a%2Fb%C3%A9%F0%9F%98%80%25', ['/a/bé😀%']],
    ['decode', '/a%u002fb%U00e9', ['/a/bé']],
    ['decode', '/%C0%AF%FF%ED%A0%80%E2%82%41', ['/%C0%AF%FF%ED%A0%80%E2%82A']],
    ['decode', '/%252F', ['/%2F']],
    ['keepSlash', '/a%2Fb%5Cc%25d%20%C3%A9%u0041', ['/a%2Fb%5Cc%25d éA']],
    ['plus', '/a+b+', ['/a b ']],
    ['params', '/a;x=1/b;y/c;z', ['/a/b/c', '/a', '/a;x=1/b;y/c']],
    ['cut', '/a?b#c?d', ['/a', '/a?b']],
    ['merge', '//a///b/', ['/a/b/']],
    ['trim', '/ a./b .. /.c/d.e\u3000', ['/a/b/.c/d.e']],
    ['backslash', '/a\\b\\', ['/a/b/']],
    ['fold', '/Straße/ẞ/ſ/İ/ı/É/ﬁ/Ａ/K/a\u00adb\u200d', ['/strasse/ss/s/i/i/e/fi/a/k/ab']],
    ['suffix', '/a.b/c.tar.gz', ['/a.b/c.tar']],
    ['suffix', '/a/c.json//', ['/a/c//']],
    ['suffix', '/a/c..json', ['/a/c.', '/a/c']],
    ['suffix', '/a/.json', ['/a/']],
    ['suffix', '/.json//', ['/']],
    ['suffix', '/a/...data', ['/a/']],
    ['suffix', '/a/...b.c', ['/a/...b']],
    ['suffix', '/a/.../', ['/a/']],
    ['suffix', '/a/c..', ['/a/c']],
    ['suffix', '/a..b/c', ['/a..b/c']],
    ['suffix', '/a/..c.d', ['/a/..c']],
    ['suffix', '/a.b/c', ['/a.b/c']],
    ['suffix', '/a/c.', ['/a/c.']],
  ])('%s takes %j for %j', (name, text, expected) => {
    expect(resultsOf(name, text)).toEqual(expected);
  });
  test.each(STEP_NAMES)('%s is there, and leaves a plain path as it is', (name) => {
    expect(resultsOf(name, '/api/orders_1/x-2')).toEqual(['/api/orders_1/x-2']);
  });
});

test('folding twice changes nothing, whatever the character', () => {
  const changed: string[] = [];
  for (let point = 0; point <= 0x10ffff; point++) {
    const folded = fold(`a${String.fromCodePoint(point)}`);
    if (fold(folded) !== folded) changed.push(point.toString(16));
  }
  expect(changed).toEqual([]);
});

test('every step takes linear time at most: a megabyte of anything takes no time', () => {
  // If one were quadratic, this would not end within the time that a test may take.
  const atoms = [
    '.',
    ' .',
    '. ',
    '/',
    '//',
    '/.',
    ';',
    ';/',
    '%',
    '%2',
    '%41',
    '%25',
    '%C3',
    '%F0%9F%98%80',
    '%u',
  ];
  for (const atom of [...atoms, '+', '\\', '?', '#', 'A', 'é', '\u0301', '.a', 'a.', '%u0041']) {
    const text = `/${atom.repeat(1_000_000 / atom.length)}x`;
    for (const { read } of STEPS) expect(read(text).length).toBeGreaterThan(0);
  }
});

describe('the one spelling', () => {
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  const escapeOf = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

  test('has visible ASCII unescaped, except separators and escapes', () => {
    const decoded = all.filter((byte) => spell(escapeOf(byte)) !== escapeOf(byte));
    const visible = all.filter((byte) => byte > 0x20 && byte < 0x7f);
    expect(decoded).toEqual(visible.filter((byte) => !';/\\%?#'.includes(String.fromCharCode(byte))));
    for (const byte of decoded) expect(spell(escapeOf(byte))).toBe(String.fromCharCode(byte));
  });
  test('has other escapes in upper case, and makes no new ones', () => {
    expect(spell('/a%2fb%c3%a9%3b%25%34%31')).toBe('/a%2Fb%C3%A9%3B%2541');
  });
});
