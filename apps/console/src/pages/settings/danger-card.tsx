import { useState, type ReactNode } from "react";

import { call, callVersioned } from "../../api/call.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { Confirmation } from "../../parts/confirmation.tsx";
import { Card } from "./section-card.tsx";
import type { Settings } from "./use-settings.ts";

/** What cannot be taken back. */
export function DangerCard({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const { sdkAppId, source, changed } = settings.app;
  const [asking, setAsking] = useState<"restore" | "delete">();
  const [typed, setTyped] = useState("");
  const close = (): void => setAsking(undefined);

  async function restore(): Promise<void> {
    await settings.run((version) => callVersioned("restoreApp", version));
    say(words.restored);
  }

  async function remove(): Promise<void> {
    await call("deleteApp", settings.version);
    // Nothing of what was shown is there any more.
    location.assign("/console");
  }

  return (
    <Card title={words.dangerTitle} kind="danger">
      <div className="actions">
        {source === "file" && changed && <Button onClick={() => setAsking("restore")}>{words.restore}</Button>}
        <Button kind="danger" onClick={() => setAsking("delete")}>
          {words.deleteApp}
        </Button>
      </div>
      {asking === "restore" && (
        <Confirmation
          title={words.restoreTitle}
          text={words.restoreText}
          confirm={words.restore}
          onClose={close}
          onConfirm={restore}
        />
      )}
      {asking === "delete" && (
        <Confirmation
          title={words.deleteAppTitle}
          text={words.deleteAppText}
          confirm={words.delete}
          isLocked={typed.trim() !== String(sdkAppId)}
          onClose={close}
          onConfirm={remove}
        >
          <TextField label={words.typeAppId(sdkAppId)} autoComplete="off" value={typed} onChange={setTyped} />
        </Confirmation>
      )}
    </Card>
  );
}
