import type { After } from "./time-limit.ts";

/** Longest delay that a timer takes, in ms; longer ones would fire at once, so they are waited for in parts. */
const MAX_DELAY = 2 ** 31 - 1;

/** By the machine's timers, however far away the time is. */
export const byTimer: After = (delay, wake) => {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (left: number): void => {
    timer = left > MAX_DELAY ? setTimeout(wait, MAX_DELAY, left - MAX_DELAY) : setTimeout(wake, left);
  };
  wait(delay);
  return () => {
    clearTimeout(timer);
  };
};
