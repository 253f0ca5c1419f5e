import { ArgumentError } from '../arguments.ts';
import { MAX_INPUT } from './paste/parse-paste.ts';

/** Reads standard input, and says how to paste if that is a terminal. */
export async function readPaste(): Promise<string> {
  if (process.stdin.isTTY) {
    console.error(
      `Paste the token, then press Enter and ${process.platform === 'win32' ? 'Ctrl-Z and Enter' : 'Ctrl-D'}. Terminals cut long lines, so it is safer to pipe it in.`,
    );
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_INPUT)
      throw new ArgumentError(
        `Standard input has more than ${MAX_INPUT / 1024} KB: paste one token or one request.`,
      );
    chunks.push(chunk);
  }
  return decoded(Buffer.concat(chunks));
}

/** PowerShell writes files as UTF-16 with a byte order mark. */
function decoded(bytes: Buffer): string {
  return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
}
