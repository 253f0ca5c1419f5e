import type { ParameterName } from '../../contract.ts';
import type { Parsed } from './parsed.ts';

/** A problem with one parameter. `message` names the place where the value has parts. */
export interface Problem {
  readonly parameter: ParameterName;
  readonly message: string;
}

/** Collects problems, so that all can be reported at once. */
export interface Problems {
  readonly list: readonly Problem[];
  readonly add: (parameter: ParameterName, message: string) => void;
  /**
   * Returns the parsed value. If there is none, collects its problems, and there will be no config. `place` is where in
   * the parameter the value is, if the problems name places within it.
   */
  readonly take: <T>(parameter: ParameterName, result: Parsed<T>, place?: string) => T | undefined;
}

export function createProblems(): Problems {
  const list: Problem[] = [];
  const add = (parameter: ParameterName, message: string) => void list.push({ parameter, message });
  return {
    list,
    add,
    take: (parameter, result, place) => {
      if ('value' in result) return result.value;
      for (const message of result.problems) {
        add(parameter, place === undefined ? message : `${place}.${message}`);
      }
      return undefined;
    },
  };
}
