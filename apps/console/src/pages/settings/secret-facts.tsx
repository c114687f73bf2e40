import type { ReactNode } from "react";

import type { AppView } from "../../api/app-view.ts";
import { timeText } from "../../i18n/times.ts";
import { language, useWords } from "../../i18n/words.ts";
import { useStore } from "../../state/store.ts";

/** What may be known of a secret: what to tell it by, and which older ones still count. */
export function SecretFacts({ secret }: { readonly secret: AppView["secrets"]["secretKey"] }): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  return (
    <>
      <p>{words.secretIs(secret.fingerprint)}</p>
      {secret.previous.map(({ fingerprint, validUntil }) => (
        <p key={fingerprint} className="hint">
          {words.olderCounts(fingerprint, timeText(validUntil, spoken))}
        </p>
      ))}
    </>
  );
}
