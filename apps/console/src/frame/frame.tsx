import { useEffect, type ReactNode } from "react";

import { call } from "../api/call.ts";
import { session } from "../api/session.ts";
import { useWords } from "../i18n/words.ts";
import { Toast } from "../parts/toast.tsx";
import { useStore } from "../state/store.ts";
import { LostConnection } from "./lost-connection.tsx";
import { SignIn } from "./sign-in.tsx";
import { SignedIn } from "./signed-in.tsx";

/** The whole page: behind the sign-in, once there was one, so that what was begun is there afterwards. */
export function Frame(): ReactNode {
  const words = useWords();
  const state = useStore(session);

  useEffect(() => {
    if (session.get() !== "unknown") return;
    // Where nobody is signed in it is the call that says so, and waits for it.
    call("readSession", {}).then(
      () => session.set("in"),
      () => session.set("out"),
    );
  }, []);

  return (
    <>
      <LostConnection />
      {(state === "in" || state === "over") && <SignedIn />}
      {(state === "out" || state === "over") && <SignIn isAgain={state === "over"} />}
      {state === "unknown" && <p className="loading">{words.loading}</p>}
      <Toast />
    </>
  );
}
