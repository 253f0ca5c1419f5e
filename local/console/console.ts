import { createRepeatFilter } from '../keeper/repeated-lines.ts';
import { type Part, type StackEvent, textOf } from '../stack-event.ts';
import { createConfigurationNews } from './configuration-news.ts';
import { decisionIn, type LoggedDecision, membersOf } from './function-line.ts';
import type { Later } from './later.ts';
import { type News, newsInIssuer, newsInLine, newsOf } from './news.ts';
import { printable } from './printable.ts';
import { type PrintedRequest, requestLine } from './request-line.ts';
import type { Style } from './style.ts';

/** How long a request's line waits for the function's log line, which arrives separately, in milliseconds. */
const PATIENCE_MS = 500;

/** The most decisions kept for requests whose lines are not written yet. */
const MAX_KEPT = 1000;

/** The longest function output that is written whole, in characters; the function cuts its own lines at 4 KB. */
const MAX_RAW = 16_384;

export interface ConsoleOptions {
  /** Gets whole lines, without a trailing line break. */
  readonly write: (line: string) => void;
  readonly style: Style;
  /** Writes every event, and the functions' output as it is. */
  readonly verbose: boolean;
  readonly later: Later;
}

/** A rejection that can be explained. */
export interface Rejection {
  readonly part: Part;
  readonly requestId: string;
}

export interface Console {
  /** Writes what a person wants to know about an event. */
  show(event: StackEvent): void;
  /** The last rejected request that has a decision in the log. */
  lastRejection(): Rejection | undefined;
  /** Writes the requests that still wait for their decisions. */
  close(): void;
}

/** Reports what happens in the stack, one line per event. */
export function createConsole({ write, style, verbose, later }: ConsoleOptions): Console {
  const decisions = new Map<string, LoggedDecision>();
  const waiting = new Map<string, { readonly finish: (decision?: LoggedDecision) => void }>();
  let isNews = createRepeatFilter();
  const configuration = createConfigurationNews();
  let rejection: Rejection | undefined;

  const print = (printed: PrintedRequest) => {
    const { requestId, code } = printed.decision ?? {};
    if (requestId !== undefined && code !== 'allowed') rejection = { part: printed.part, requestId };
    write(requestLine(printed, style));
  };

  const request = (part: Part, served: PrintedRequest['request']) => {
    const { invocationId, failure } = served;
    const known = invocationId === undefined ? undefined : decisions.get(invocationId);
    if (invocationId !== undefined) decisions.delete(invocationId);
    if (known || invocationId === undefined || failure !== undefined) {
      return print({ part, request: served, decision: known });
    }
    const finish = (decision?: LoggedDecision) => {
      callOff();
      waiting.delete(invocationId);
      print({ part, request: served, decision });
    };
    const callOff = later(PATIENCE_MS, finish);
    waiting.set(invocationId, { finish });
  };

  const decided = (decision: LoggedDecision) => {
    const { invocationId } = decision;
    const waits = waiting.get(invocationId);
    if (waits) return waits.finish(decision);
    decisions.set(invocationId, decision);
    const [oldest] = decisions.keys();
    if (decisions.size > MAX_KEPT && oldest !== undefined) decisions.delete(oldest);
  };

  const report = (news: News | undefined, always = false) => {
    if (!news) return;
    const { about, text, details, weight } = news;
    if (!always && !isNews([about, text, ...details].join(' '))) return;
    const color = { good: style.green, bad: style.red, plain: style.cyan }[weight];
    write(`${color(about)}  ${printable(text)}`);
    for (const detail of details) write(`     ${printable(detail)}`);
  };

  const output = (part: Part, text: string) => {
    const members = membersOf(text);
    const decision = members && decisionIn(members);
    if (decision) decided(decision);
    else if (members) {
      report(newsInLine(part, members));
      for (const news of configuration.inLine(part, members)) report(news, true);
    }
  };

  return {
    show(event) {
      const { part } = event;
      if (verbose && !hasOwnLine(event)) {
        write(`${style.dim(`${part.padEnd(8)} │`)} ${printable(textOf(event), MAX_RAW)}`);
      }
      if (event.kind === 'output') output(part, event.text);
      else if (event.kind === 'parameter') {
        // The same rejection is news again after another change.
        isNews = createRepeatFilter();
        for (const news of configuration.changed(event.parameter)) report(news, true);
      } else if (event.kind === 'news') report(newsOfText(part, event.text));
      else if (event.kind === 'request') {
        if (part === 'alb' || part === 'api') request(part, event.request);
        else if (part === 'auth') report(newsInIssuer(event.request));
      }
    },
    lastRejection: () => rejection,
    close() {
      for (const { finish } of [...waiting.values()]) finish();
    },
  };
}

/** Whether an event always gets its own line, so that `verbose` need not add one. */
const hasOwnLine = ({ part, kind }: StackEvent): boolean =>
  kind === 'parameter' || kind === 'news' || (kind === 'request' && (part === 'alb' || part === 'api'));

/** The first line says what happened; the others are the last output of a process that ended. */
function newsOfText(part: Part, text: string): News {
  const [first = '', ...details] = text.split('\n');
  const about = part === 'keeper' ? 'keeper' : part === 'lambda' || part === 'api' ? 'function' : 'stack';
  const weight = / works again$/.test(first) ? 'good' : 'bad';
  return newsOf(
    about,
    first,
    weight,
    details.map((detail) => detail.trim()),
  );
}
