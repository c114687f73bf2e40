import { useState, type FormEvent, type ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { useStore } from "../../state/store.ts";
import type { AppUser, AppUserState } from "./app-user.ts";
import { CreateGroup } from "./create-group.tsx";
import { GroupList } from "./group-list.tsx";
import { ToldList } from "./told-list.tsx";

interface UserPanelProps {
  readonly user: AppUser;
  /** How the other one is. */
  readonly other: AppUserState;
  readonly side: "left" | "right";
}

/** One user's app: logging in, groups, and what the user is told. */
export function UserPanel({ user, other, side }: UserPanelProps): ReactNode {
  const words = useWords();
  const { userId, status, problem } = useStore(user.state);
  const texts = { out: words.userOut, "logging in": words.userLoggingIn, in: words.userIn, away: words.userAway };
  return (
    <section className={`person ${side}`} aria-label={words.appOf(userId)}>
      <header>
        <span className="avatar" aria-hidden="true">
          {userId.slice(0, 1).toUpperCase()}
        </span>
        <div>
          <h2>{userId}</h2>
          <output className={`presence ${status.replace(" ", "-")}`}>{texts[status]}</output>
        </div>
        {(status === "in" || status === "away") && (
          <Button kind="quiet" onClick={() => void user.logOut()}>
            {words.logOut}
          </Button>
        )}
      </header>
      {status === "out" || status === "logging in" ? (
        <>
          <LogIn user={user} other={other} />
          <ToldList user={user} />
        </>
      ) : (
        <>
          <CreateGroup user={user} other={other} />
          {problem !== undefined && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
          <ToldList user={user} />
          <GroupList user={user} other={other} />
        </>
      )}
    </section>
  );
}

function LogIn({ user, other }: Pick<UserPanelProps, "user" | "other">): ReactNode {
  const words = useWords();
  const { userId, status, problem } = useStore(user.state);
  const [isTried, setTried] = useState(false);
  const missing = isTried && userId === "" ? words.userIdMissing : undefined;
  const taken = userId !== "" && userId === other.userId ? words.userIdTaken : undefined;
  const logIn = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (userId !== "" && taken === undefined) void user.logIn();
  };
  return (
    <form className="log-in" onSubmit={logIn} noValidate>
      <TextField
        label={words.userId}
        hint={words.logInHint}
        problem={missing ?? taken ?? problem}
        value={userId}
        disabled={status === "logging in"}
        autoComplete="off"
        onChange={user.rename}
      />
      <Button type="submit" isBusy={status === "logging in"}>
        {words.logIn}
      </Button>
    </form>
  );
}
