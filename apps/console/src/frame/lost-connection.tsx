import { useEffect, useRef, type ReactNode } from "react";

import { connection } from "../api/connection.ts";
import { useWords } from "../i18n/words.ts";
import { say } from "../parts/toast.tsx";
import { useStore } from "../state/store.ts";

/** Says that the server cannot be reached, and when it can again. */
export function LostConnection(): ReactNode {
  const words = useWords();
  const state = useStore(connection);
  const before = useRef(state);
  useEffect(() => {
    if (before.current === "lost" && state === "works") say(words.connectionBack);
    before.current = state;
  }, [state, words]);
  return <div role="alert">{state === "lost" && <p className="lost">{words.connectionLost}</p>}</div>;
}
