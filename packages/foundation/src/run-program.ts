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
 * Keeps a program running until SIGTERM or SIGINT, then stops it and exits with status 0. What has not
 * finished after 10 s is cut off; a second signal cuts it off at once.
 */
export function runUntilStopped(running: Running): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(0);
    stopping = true;
    setTimeout(() => process.exit(0), STOP_LIMIT).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
