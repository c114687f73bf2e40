import { useState, type ReactNode } from "react";

import { call } from "../../api/call.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { say } from "../../parts/toast.tsx";

interface ReplaySelectionProps {
  readonly positions: ReadonlySet<number>;
  readonly onDone: () => void;
}

/** Replays what is selected, oldest first, and says how far it is. */
export function ReplaySelection({ positions, onDone }: ReplaySelectionProps): ReactNode {
  const words = useWords();
  const [done, setDone] = useState<number>();

  async function replay(): Promise<void> {
    const sum = { queued: 0, waiting: 0 };
    let failed = 0;
    let why = "";
    setDone(0);
    // One after another: the replays of a group are delivered in the order in which they are asked for.
    for (const [index, position] of [...positions].toSorted((a, b) => a - b).entries()) {
      try {
        const { queued, waiting } = await call("replayDelivery", { path: { position } });
        sum.queued += queued;
        sum.waiting += waiting;
      } catch (error) {
        failed += 1;
        why = error instanceof Error ? error.message : String(error);
      }
      setDone(index + 1);
    }
    if (failed > 0) say(`${words.replayFailed(failed)}: ${why}`, "failed");
    else say(words.replayDone(sum.queued, sum.waiting));
    onDone();
  }

  return (
    <div className="selection">
      <span>{done === undefined ? words.selected(positions.size) : words.replaying(done, positions.size)}</span>
      {done !== undefined && <progress value={done} max={positions.size} aria-label={words.replay} />}
      <Button kind="primary" isBusy={done !== undefined} onClick={() => void replay()}>
        {words.replaySelected(positions.size)}
      </Button>
    </div>
  );
}
