import { createStore } from "../state/store.ts";

/** How long to wait before asking again, in ms: longer each time. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;

/** Whether the server can be reached. */
export const connection = createStore<"works" | "lost">("works");

/** A request found no server: from now on it is asked again and again until it answers. */
export function connectionLost(): void {
  if (connection.get() === "lost") return;
  connection.set("lost");
  void askUntilItAnswers();
}

async function askUntilItAnswers(): Promise<void> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const { ok } = await fetch("/readyz", { cache: "no-store" });
      if (ok) break;
    } catch {
      // Not yet.
    }
  }
  connection.set("works");
}
