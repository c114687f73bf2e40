import type { OtherNodes } from "../../packages/server/src/other-nodes.ts";

/** Nodes of one process that tell one another, as far as nothing is between them. */
export interface Hub {
  node(): OtherNodes;
  /** From now on nothing that is told arrives. */
  cut(): void;
}

export function createHub(): Hub {
  const all: Map<string, ((text: string) => void)[]>[] = [];
  let isCut = false;
  return {
    node() {
      const own = new Map<string, ((text: string) => void)[]>();
      all.push(own);
      return {
        tell(subject, text) {
          if (isCut) return;
          for (const other of all) if (other !== own) for (const listener of other.get(subject) ?? []) listener(text);
        },
        onTold: (subject, listener) => void own.set(subject, [...(own.get(subject) ?? []), listener]),
        onMissed: () => undefined,
      };
    },
    cut() {
      isCut = true;
    },
  };
}
