/**
 * oidc-provider warns on any Node.js before 22, while the tools of this project run on 20.19 too. What it uses
 * beyond that is `URL.parse`.
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
