/** The curl options that describe the request, by all their names. */
const SHORT: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  b: 'cookie',
  d: 'data',
  F: 'form',
  u: 'user',
  A: 'user-agent',
  e: 'referer',
  T: 'upload-file',
  G: 'get',
  I: 'head',
  ':': 'next',
};

/** Letters and names of the options that take a value. All others count as switches. */
const LETTERS_WITH_VALUE = 'AbcCdDeEFHhKmoPQrtTuUwxXyYz';
const SHORT_OPTIONS = new RegExp(`^-([^${LETTERS_WITH_VALUE}]*)([${LETTERS_WITH_VALUE}])?([\\s\\S]*)$`);

/** From `curl --help all` of curl 7 and 8. */
const NAMES_WITH_VALUE: ReadonlySet<string> = new Set(
  `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at
  cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode delegation dns-interface
  dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save expect100-timeout form
  form-string ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms
  haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key
  key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time
  netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir
  proxy proxy1.0 proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key
  proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword
  proxy-tlsuser proxy-user pubkey quote random-file range rate referer request request-target resolve retry retry-delay
  retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit
  speed-time ssl-sessions stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser
  trace trace-ascii trace-config unix-socket upload-file upload-flags url url-query user user-agent variable vlan-priority
  write-out`.split(/\s+/),
);

/** The long name of an option, if it has one here. */
export interface CurlOption<Word> {
  readonly name: string;
  /** Its value; undefined for a switch. */
  readonly value: Word | undefined;
}

/** Separates the options of one curl request from its URLs. */
export function readCurlOptions<Word extends { readonly text: string }>(
  words: readonly Word[],
): {
  readonly options: readonly CurlOption<Word>[];
  readonly urls: readonly Word[];
  readonly isFirst: boolean;
} {
  const options: CurlOption<Word>[] = [];
  const urls: Word[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as Word;
    if (/^--./.test(word.text)) {
      const name = word.text.slice(2);
      if (name === 'next') return { options, urls, isFirst: true };
      options.push({ name, value: NAMES_WITH_VALUE.has(name) ? words[++at] : undefined });
    } else if (/^-./.test(word.text)) {
      const [, switches = '', letter, rest = ''] = SHORT_OPTIONS.exec(word.text) ?? [];
      for (const one of switches) options.push({ name: SHORT[one] ?? one, value: undefined });
      if (switches.includes(':')) return { options, urls, isFirst: true };
      if (letter === undefined) continue;
      options.push({
        name: SHORT[letter] ?? letter,
        value: rest === '' ? words[++at] : { ...word, text: rest },
      });
    } else urls.push(word);
  }
  return { options, urls, isFirst: false };
}
