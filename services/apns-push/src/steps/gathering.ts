/** Results that come one by one, each for its own place: one promise for all of them, not one for each. */
export class Gathering<T> {
  /** In the order of the places; rejected by the first that fails. */
  readonly all: Promise<T[]>;
  private readonly results: T[];
  private readonly resolve: (results: T[]) => void;
  private readonly reject: (error: unknown) => void;
  private left: number;

  constructor(places: number) {
    const { promise, resolve, reject } = Promise.withResolvers<T[]>();
    this.all = promise;
    this.resolve = resolve;
    this.reject = reject;
    this.results = Array.from({ length: places });
    this.left = places;
    // Nobody may be waiting yet.
    promise.catch(() => {});
    if (places === 0) resolve([]);
  }

  /** Once for each place. */
  put(place: number, result: T): void {
    this.results[place] = result;
    if (--this.left === 0) this.resolve(this.results);
  }

  putLater(place: number, result: Promise<T>): void {
    result.then((came) => this.put(place, came), this.reject);
  }
}
