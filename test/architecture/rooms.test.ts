import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { sourcesUnder, textOf } from './sources.ts';

/** The files allowed at the top of a folder with rooms: its entry points, its checks, and what several rooms share. */
const TOP = {
  infra: [
    'alb-jwt-authorizer.ts',
    'app.ts',
    'authorizer-parts.ts',
    'authorizer-stack.ts',
    'feature-flags.ts',
    'nag.ts',
    'outputs.ts',
  ],
  local: [
    'arguments.ts',
    'fault-switch.ts',
    'instructions.ts',
    'loopback-server.ts',
    'parse-object.ts',
    'ports.ts',
    'stack-event.ts',
    'stack.ts',
    'start.ts',
    'upstream.ts',
  ],
} as const;

test.each(Object.entries(TOP))(
  '%s/ has only these files at the top; every other file is in a room',
  (folder, files) => {
    const atTop = sourcesUnder(folder).filter((path) => dirname(path) === folder);
    expect(atTop).toEqual(files.map((file) => `${folder}/${file}`));
  },
);

test('CONTRIBUTING.md describes every room', () => {
  const rooms = ['lambda', 'infra', 'local', 'tools'].flatMap((folder) =>
    sourcesUnder(folder).map((path) => `${dirname(path)}/`),
  );
  const guide = textOf('CONTRIBUTING.md');
  expect([...new Set(rooms)].filter((room) => !guide.includes(`\`${room}\``))).toEqual([]);
});
