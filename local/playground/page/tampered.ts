/** Changes the token's subject and keeps its signature, as an attacker without a key could. */
export function tampered(token: string): string {
  const [header, claims, signature] = token.split('.');
  if (header === undefined || claims === undefined || signature === undefined) {
    throw new Error('There is no token to tamper with.');
  }
  const changed = JSON.stringify({ ...parse(claims), sub: 'admin' });
  return [header, segmentOf(changed), signature].join('.');
}

function parse(segment: string): object {
  try {
    return JSON.parse(textOf(segment));
  } catch {
    throw new Error('The token has no claims to change.');
  }
}

const textOf = (segment: string): string =>
  new TextDecoder().decode(
    Uint8Array.from(atob(segment.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    ),
  );

const segmentOf = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
