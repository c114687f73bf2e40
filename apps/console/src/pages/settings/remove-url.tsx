import { useState, type ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { say } from "../../parts/toast.tsx";
import { Confirmation } from "../../parts/confirmation.tsx";
import type { Settings } from "./use-settings.ts";

/** Takes the callback URL away, after asking. */
export function RemoveUrl({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {words.removeUrl}
      </Button>
      {isAsking && (
        <Confirmation
          title={words.removeUrlTitle}
          text={words.removeUrlText}
          confirm={words.remove}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            const { cancelledCallbacks } = await settings.change({ callback: null });
            say(cancelledCallbacks > 0 ? words.cancelledCallbacks(cancelledCallbacks) : words.saved);
          }}
        />
      )}
    </>
  );
}
