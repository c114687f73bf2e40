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
