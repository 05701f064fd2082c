export interface StepListener {
  /** Told when a step begins. */
  readonly onBegin?: (name: string) => void;
  /** Told when a step is done. */
  readonly onStep?: (step: { readonly name: string; readonly milliseconds: number }) => void;
}

/** The steps of a build, timed and told of as they go by. */
export class Steps {
  readonly done: { name: string; milliseconds: number }[] = [];
  readonly #options: StepListener;
  constructor(options: StepListener) {
    this.#options = options;
  }

  /** @returns what `work` does; one that fails is not among those done */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    this.#options.onBegin?.(name);
    const result = await work();
    const step = { name, milliseconds: Math.round((performance.now() - start) * 10) / 10 };
    this.done.push(step);
    this.#options.onStep?.(step);
    return result;
  }
}
