import { useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";

import { ApiError, call } from "../api/call.ts";
import { session } from "../api/session.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import markUrl from "./mark.svg";

/** Asks for the admin token; over the page where that is there already, so that nothing on it is lost. */
export function SignIn({ isAgain }: { readonly isAgain: boolean }): ReactNode {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  useEffect(() => dialog.current?.showModal(), []);

  async function signIn(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (token === "") {
      setProblem(words.tokenMissing);
      return;
    }
    setBusy(true);
    try {
      await call("signIn", { body: { token } });
      session.set("in");
    } catch (error) {
      const code = error instanceof ApiError ? error.code : undefined;
      setProblem(code === "admin-api-off" ? words.adminApiOff : String(error instanceof Error ? error.message : error));
      setBusy(false);
    }
  }

  return (
    <dialog
      ref={dialog}
      className="sign-in"
      aria-labelledby="sign-in-title"
      onCancel={(event) => event.preventDefault()}
    >
      <form onSubmit={(event) => void signIn(event)} noValidate>
        <img src={markUrl} alt="" width="40" height="40" />
        <h1 id="sign-in-title">Muster</h1>
        {isAgain && <p>{words.signInAgain}</p>}
        <TextField
          label={words.adminToken}
          hint={words.adminTokenHint}
          problem={problem}
          type="password"
          autoComplete="current-password"
          value={token}
          onChange={(next) => {
            setToken(next);
            setProblem(undefined);
          }}
          autoFocus
        />
        <Button kind="primary" type="submit" isBusy={isBusy}>
          {words.signIn}
        </Button>
      </form>
    </dialog>
  );
}
