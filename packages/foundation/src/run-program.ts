/** Longest time that a program takes to finish what is in flight once it was told to stop, in ms. */
const STOP_LIMIT = 10_000;

/** Something that runs until it is told to stop. */
export interface Running {
  /** Stops accepting, finishes what is in flight, lets go of everything. */
  stop(): Promise<void>;
}

/**
 * Tells the outside that a program listens: one JSON line on standard output, for scripts to wait for. Whoever
 * has read it may send a signal, so `runUntilStopped` comes first.
 */
export function announce(program: string, url: string): void {
  process.stdout.write(`${JSON.stringify({ event: "listening", program, url })}\n`);
}

/**
 * Starts a program and keeps it running until SIGTERM or SIGINT, then stops it and exits with status 0. What has not
 * finished after 10 s is cut off; a second signal cuts it off at once. So does one that comes before the program has started:
 * a store that is being opened bears that as it bears a kill, and the first process of a container would not hear of it at all.
 */
export async function runUntilStopped<R extends Running>(start: () => Promise<R>): Promise<R> {
  const cutOff = (): void => process.exit(0);
  let onSignal = cutOff;
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => onSignal());
  const running = await start();
  onSignal = () => {
    onSignal = cutOff;
    setTimeout(cutOff, STOP_LIMIT).unref();
    running.stop().then(cutOff, (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
  };
  return running;
}
