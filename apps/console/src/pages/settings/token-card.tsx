import { useState, type ReactNode } from "react";

import { callVersioned } from "../../api/call.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { say } from "../../parts/toast.tsx";
import { RotateDialog } from "./rotate-dialog.tsx";
import { SecretFacts } from "./secret-facts.tsx";
import { Card } from "./section-card.tsx";
import type { Settings } from "./use-settings.ts";

/** The token that callbacks are signed with: set, rotated or removed, and never shown. */
export function TokenCard({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const [isRotating, setRotating] = useState(false);
  const { token } = settings.app.secrets;
  const title = token ? words.rotateToken : words.setToken;

  async function remove(): Promise<void> {
    try {
      await settings.change({ callback: { token: null } });
      say(words.saved);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "failed");
    }
  }

  return (
    <Card title={words.tokenTitle}>
      {token ? <SecretFacts secret={token} /> : <p>{words.noToken}</p>}
      <div className="actions">
        <Button onClick={() => setRotating(true)}>{title}</Button>
        {token && (
          <Button kind="quiet" onClick={() => void remove()}>
            {words.removeToken}
          </Button>
        )}
      </div>
      {isRotating && (
        <RotateDialog
          title={title}
          text={words.rotateTokenText}
          hasOlder={token !== undefined}
          path="token"
          onClose={() => setRotating(false)}
          onRotate={async (given, overlapSeconds) => {
            const body = { ...(given !== undefined && { token: given }), overlapSeconds };
            const answer = await settings.run((version) => callVersioned("rotateToken", { ...version, body }));
            return answer.token;
          }}
        />
      )}
    </Card>
  );
}
