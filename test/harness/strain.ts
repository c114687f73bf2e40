import type { Page } from "playwright-core";

/** How hard a page has it. */
export interface Strain {
  /** What kept the page from answering for more than 50 ms, since it was first asked: how long each took, in ms. */
  longTasks(): Promise<number[]>;
  /** What its scripts hold in memory once what they dropped is cleared away, in bytes. */
  heap(): Promise<number>;
}

/** Begins to watch a page that is open. */
export async function watchStrain(page: Page): Promise<Strain> {
  const debugging = await page.context().newCDPSession(page);
  await page.evaluate(() => {
    const watched = Object.assign(globalThis, { longTasks: [] as number[] });
    const observer = new PerformanceObserver((list) => {
      watched.longTasks.push(...list.getEntries().map(({ duration }) => duration));
    });
    observer.observe({ type: "longtask" });
  });
  return {
    longTasks: () => page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks),
    async heap() {
      await debugging.send("HeapProfiler.collectGarbage");
      return (await debugging.send("Runtime.getHeapUsage")).usedSize;
    },
  };
}

/** What Chromium writes of a piece of work: how long its thread was at it, in µs; or how a thread is called. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * Begins to watch a page that is open; one of a browser at a time. What is returned ends that, and says what kept the page
 * from answering longest, in ms of its processor: how long that took by the clock is the machine's matter.
 */
export async function watchTasks(page: Page): Promise<() => Promise<number>> {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page is in no browser that was started here");
  await browser.startTracing(page, { categories: ["toplevel"] });
  return async () => {
    const written = (await browser.stopTracing()).toString("utf8");
    const { traceEvents } = JSON.parse(written) as { traceEvents: TraceEvent[] };
    const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
    const named = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
    const pages = new Set(named.map(threadOf));
    const tasks = traceEvents.filter((event) => event.name.endsWith("RunTask") && pages.has(threadOf(event)));
    if (tasks.length === 0) throw new Error("the browser has written nothing of what its page did");
    return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1_000));
  };
}
