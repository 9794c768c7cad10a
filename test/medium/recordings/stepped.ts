/** Counts steps and lets one of them fail, as SQLite's tests do: at the first, the second ... until none is left. */
export class Steps {
  private taken = 0;
  readonly names: string[] = [];

  private readonly faultAt: number;
  private readonly when: 'before' | 'after';
  private readonly fault: () => void;

  /**
   * @param faultAt number of the step that fails, from 1; 0 = none
   * @param when before: the step does not happen. after: it happens, but nobody gets to know
   */
  constructor(faultAt: number, when: 'before' | 'after', fault: () => void) {
    this.faultAt = faultAt;
    this.when = when;
    this.fault = fault;
  }

  get faultReached(): boolean {
    return this.taken >= this.faultAt;
  }

  take<T>(name: string, step: () => T): T {
    const number = ++this.taken;
    this.names.push(name);
    if (number === this.faultAt && this.when === 'before') this.fault();
    const result = step();
    if (number !== this.faultAt || this.when !== 'after') return result;
    if (!isPromise(result)) {
      this.fault();
      return result;
    }
    return result.then(async (value: unknown) => {
      if (isHandle(value)) await value.close();
      this.fault();
      return value;
    }) as T;
  }
}

/** Not `instanceof`: what Node returns is of another realm than the test's. */
const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value;

const isHandle = (value: unknown): value is { close(): Promise<void> } =>
  typeof value === 'object' && value !== null && 'close' in value;

type AnyFunction = (...parts: unknown[]) => unknown;

/** The same thing, with each call of a method a step. File handles that it opens are stepped too. */
export function stepped<T extends object>(name: string, thing: T, steps: Steps): T {
  return new Proxy(thing, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || typeof key === 'symbol') return value;
      return (...parts: unknown[]) => {
        // Not a step: a test that leaks descriptors tells nothing about the product.
        if (key === 'close') return (value as AnyFunction).apply(target, parts);
        const result = steps.take(`${name}.${key}`, () => (value as AnyFunction).apply(target, parts));
        if (key !== 'open' || name !== 'disk') return result;
        return (result as Promise<object>).then((handle) => stepped('file', handle, steps));
      };
    },
  });
}
