/**
 * Loads oidc-provider on Node.js 20.19 too, which this project supports. The library warns below 22, but the only newer API
 * that it uses is `URL.parse`.
 */
export async function loadOidcLibrary() {
  URL.parse ??= (url, base) => (URL.canParse(String(url), base?.toString()) ? new URL(url, base) : null);
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('Unsupported runtime')) warn(...words);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}

export type OidcLibrary = Awaited<ReturnType<typeof loadOidcLibrary>>;
