import { randomUUID } from "node:crypto";

import type { OtherNodes, Subject } from "../../other-nodes.ts";
import type { DeliveringNode } from "./node.ts";

/** What nodes tell one another beside what is due and what app users are told: sender, subject, text. */
export const WORDS = "muster_words";

/** The other nodes of a database, by way of its notifications. */
export function createOtherNodes(node: Pick<DeliveringNode, "tell" | "onTold" | "onJoined">): OtherNodes {
  const own = randomUUID();
  const listeners = new Map<string, ((text: string) => void)[]>();
  node.onTold(WORDS, (payload) => {
    const [sender, subject = ""] = payload.split(" ", 2);
    // Who tells hears it, too.
    if (sender === own) return;
    const text = payload.slice(own.length + subject.length + 2);
    for (const listener of listeners.get(subject) ?? []) listener(text);
  });
  return {
    tell: (subject, text) => node.tell(WORDS, `${own} ${subject} ${text}`),
    onTold(subject: Subject, listener) {
      listeners.set(subject, [...(listeners.get(subject) ?? []), listener]);
    },
    onMissed: (listener) => node.onJoined(listener),
  };
}
