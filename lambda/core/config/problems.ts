import type { ParameterName } from '../../contract.ts';
import type { Parsed } from './parsed.ts';

/** What is wrong with one parameter; `message` names the place where the value has parts. */
export interface Problem {
  readonly parameter: ParameterName;
  readonly message: string;
}

/** Collects what is wrong, so that all of it can be told at once. */
export interface Problems {
  readonly list: readonly Problem[];
  readonly add: (parameter: ParameterName, message: string) => void;
  /**
   * The parsed value; where there is none its problems are collected, and no config comes of it. `place` is
   * where in the parameter the value is, if the problems name places within it.
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
