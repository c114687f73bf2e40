import { useState, type ReactNode } from "react";

import { callVersioned } from "../../api/call.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { RotateDialog } from "./rotate-dialog.tsx";
import { SecretFacts } from "./secret-facts.tsx";
import { Card } from "./section-card.tsx";
import type { Settings } from "./use-settings.ts";

/** The key that UserSigs are signed with: rotated, and never shown. */
export function SecretKeyCard({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const [isRotating, setRotating] = useState(false);
  return (
    <Card title={words.secretKeyTitle} hint={words.secretKeyHint}>
      <SecretFacts secret={settings.app.secrets.secretKey} />
      <div className="actions">
        <Button onClick={() => setRotating(true)}>{words.rotateSecretKey}</Button>
      </div>
      {isRotating && (
        <RotateDialog
          title={words.rotateSecretKey}
          text={words.rotateSecretKeyText}
          hasOlder
          path="secretKey"
          onClose={() => setRotating(false)}
          onRotate={async (given, overlapSeconds) => {
            const body = { ...(given !== undefined && { secretKey: given }), overlapSeconds };
            const answer = await settings.run((version) => callVersioned("rotateSecretKey", { ...version, body }));
            return answer.secretKey;
          }}
        />
      )}
    </Card>
  );
}
