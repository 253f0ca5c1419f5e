import { OUTAGE } from '../identity/authorization-server.ts';
import type { Part, ServedRequest } from '../stack-event.ts';
import type { LineMembers } from './function-line.ts';

/** An event that deserves a line among the requests, and how much it matters. */
export interface News {
  readonly about: 'config' | 'keys' | 'function' | 'keeper' | 'parameter' | 'stack';
  readonly text: string;
  /** Further lines, such as problems. */
  readonly details: readonly string[];
  readonly weight: 'good' | 'bad' | 'plain';
}

export const newsOf = (
  about: News['about'],
  text: string,
  weight: News['weight'] = 'plain',
  details: readonly string[] = [],
): News => ({ about, text, weight, details });

/** The news in a function's log line, if any; decisions are shown with their requests. */
export function newsInLine(part: Part, members: LineMembers): News | undefined {
  const { level, message, problems, reason, provider, keys, warnings } = members;
  // The keeper logs a success as a metric only, without a message.
  if (part === 'keeper' && members.KeyFetches !== undefined) {
    return newsOf('keys', 'fetched from the issuer', 'good');
  }
  if (typeof message !== 'string' || message === 'decision') return undefined;
  const why = typeof reason === 'string' ? `: ${reason}` : '';
  if (message.startsWith('configuration rejected')) {
    return newsOf('config', message.replace('configuration rejected', 'rejected'), 'bad', texts(problems));
  }
  if (message === 'configuration loaded') {
    const warned = texts(warnings);
    return warned.length === 0 ? undefined : newsOf('config', 'loaded, with warnings', 'bad', warned);
  }
  if (message === 'keys loaded') return newsOf('keys', `${keys} of provider ${provider} loaded`, 'good');
  if (message === 'keys could not be loaded') {
    return newsOf('keys', `those of provider ${provider} could not be loaded${why}`, 'bad');
  }
  if (level !== 'WARN' && level !== 'ERROR' && level !== 'CRITICAL') return undefined;
  return newsOf('function', `${message}${why}`, 'bad', texts(problems));
}

/** The news in a request to the authorization server, if any: an outage, or a response that reports an error. */
export function newsInIssuer({ method, path, status }: ServedRequest): News | undefined {
  if (path === OUTAGE) {
    return method === 'PUT'
      ? newsOf('keys', 'the authorization server returns 503 from now on', 'bad')
      : newsOf('keys', 'the authorization server is back', 'good');
  }
  if (status < 400) return undefined;
  return newsOf('keys', `the authorization server returned ${status} for ${method} ${path}`, 'bad');
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
