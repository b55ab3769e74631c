const LOOK_EVERY_MS = 1000;

/** Notices that nobody uses the chat any more: on a shared device it should not stay open. */
export class Activity {
  #last = Date.now();
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * limit: after how many milliseconds it is over; warning: how long before that `warn` is called
   * with the seconds that are left, once a second.
   */
  constructor(
    private readonly warn: (seconds: number) => void,
    private readonly over: () => void,
  ) {}

  start(limit: number, warning: number): void {
    this.stop();
    this.#last = Date.now();
    if (!(limit > 0)) return;
    this.#timer = setInterval(() => {
      // The clock is compared, because a phone stops timers of a page that is not seen.
      const left = this.#last + limit - Date.now();
      if (left <= 0) {
        this.stop();
        this.over();
      } else if (left <= warning) this.warn(Math.ceil(left / 1000));
    }, LOOK_EVERY_MS);
  }

  note(): void {
    this.#last = Date.now();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
