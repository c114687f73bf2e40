import type { ReactNode } from "react";

import type { PageProps } from "../page-props.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { useStore } from "../../state/store.ts";
import { BackendPanel } from "./backend-panel.tsx";
import { peopleOf } from "./people.ts";
import { UserPanel } from "./user-panel.tsx";

/** Two app users side by side, and what their app's backend is sent of what they do. */
export function Playground({ app }: PageProps): ReactNode {
  const words = useWords();
  const { left, right } = peopleOf(app.sdkAppId);
  const one = useStore(left.state);
  const other = useStore(right.state);
  const areOut = one.status === "out" && other.status === "out";
  const canBoth = areOut && one.userId !== "" && other.userId !== "" && one.userId !== other.userId;
  return (
    <>
      <PageHead
        title={words.playground}
        intro={words.playgroundIntro}
        actions={
          areOut && (
            <Button kind="primary" disabled={!canBoth} onClick={() => void Promise.all([left.logIn(), right.logIn()])}>
              {words.logInBoth}
            </Button>
          )
        }
      />
      <div className="playground">
        <UserPanel user={left} other={other} side="left" />
        <UserPanel user={right} other={one} side="right" />
        <BackendPanel app={app} />
      </div>
    </>
  );
}
