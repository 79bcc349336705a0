/** Long polls that wait for work: each piece of work wakes one, in the order they came. */
export class Waiters {
  readonly #waiting: Waiter[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** Queues up; to be done before looking for work, so that none that comes in between is missed. */
  join(): Waiter {
    const waiter = new Waiter();
    this.#waiting.push(waiter);
    return waiter;
  }

  /** Takes a waiter out. If it had been woken for work that it did not need, the next one is. */
  leave(waiter: Waiter, needed: boolean): void {
    const index = this.#waiting.indexOf(waiter);
    if (index >= 0) this.#waiting.splice(index, 1);
    else if (!needed) this.wake(1);
  }

  /** Wakes the first `count`. */
  wake(count: number): void {
    for (const waiter of this.#waiting.splice(0, count)) waiter.wake();
  }
}

export class Waiter {
  wake: () => void = () => undefined;
  readonly #woken = new Promise<void>((resolve) => {
    this.wake = resolve;
  });

  /** Waits until woken, at most `milliseconds`, or until one of `signals` is aborted. */
  async wait(milliseconds: number, signals: readonly AbortSignal[]): Promise<void> {
    // Not AbortSignal.any: in Node 20 it holds on to what it made for as long as its longest-lived source lives.
    const timer = setTimeout(this.wake, milliseconds);
    for (const signal of signals) signal.addEventListener('abort', this.wake);
    if (signals.some((signal) => signal.aborted)) this.wake();
    await this.#woken;
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener('abort', this.wake);
  }
}
