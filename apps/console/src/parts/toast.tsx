import type { ReactNode } from "react";

import { createStore, useStore } from "../state/store.ts";

/** How long a sentence stays, in ms. */
const STAYS = 6_000;

const said = createStore<{ readonly text: string; readonly kind: "done" | "failed" } | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says what has happened, to the eye and to screen readers, for a moment. */
export function say(text: string, kind: "done" | "failed" = "done"): void {
  clearTimeout(timer);
  said.set({ text, kind });
  timer = setTimeout(() => said.set(undefined), STAYS);
}

export function Toast(): ReactNode {
  const now = useStore(said);
  return <output className="toasts">{now && <p className={`toast ${now.kind}`}>{now.text}</p>}</output>;
}
