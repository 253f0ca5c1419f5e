type Step = <T>(name: string, act: () => Promise<T>) => Promise<T>;

/** Runs a step, and prints its name and time when it is done. */
export function stepsOf({ verbose }: { readonly verbose: boolean }): Step {
  return async (name, act) => {
    const began = performance.now();
    const result = await act();
    console.log(`✓ ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    if (verbose && typeof result === 'string') console.log(result.trimEnd());
    return result;
  };
}
