import { useRef, useState, type ReactNode } from "react";

import { call } from "../../api/call.ts";
import type { AppView } from "../../api/app-view.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { say } from "../../parts/toast.tsx";

interface ReplayAllDeadProps {
  readonly app: AppView;
  readonly onDone: () => void;
}

/** Replays every dead letter of an app, after asking, part by part, until it is done or stopped. */
export function ReplayAllDead({ app, onDone }: ReplayAllDeadProps): ReactNode {
  const words = useWords();
  const [isAsking, setAsking] = useState(false);
  const [queuedSoFar, setQueuedSoFar] = useState<number>();
  const isStopped = useRef(false);
  const isRunning = queuedSoFar !== undefined;

  async function replay(): Promise<void> {
    isStopped.current = false;
    const sum = { queued: 0, waiting: 0 };
    setQueuedSoFar(0);
    try {
      for (let next: string | null | undefined = undefined; next !== null && !isStopped.current;) {
        const body = { sdkAppId: app.sdkAppId, state: "dead", ...(next !== undefined && { next }) } as const;
        const part: { queued: number; waiting: number; next: string | null } = await call("replayDeliveries", { body });
        sum.queued += part.queued;
        sum.waiting += part.waiting;
        next = part.next;
        setQueuedSoFar(sum.queued);
      }
      say(`${isStopped.current ? `${words.replayStopped}. ` : ""}${words.replayDone(sum.queued, sum.waiting)}`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), "failed");
    }
    setQueuedSoFar(undefined);
    setAsking(false);
    onDone();
  }

  const close = (): void => {
    isStopped.current = true;
    if (!isRunning) setAsking(false);
  };

  return (
    <>
      <Button onClick={() => setAsking(true)}>{words.replayAllDead}</Button>
      {isAsking && (
        <Dialog
          title={words.replayAllDeadTitle}
          onClose={close}
          actions={
            <>
              <Button onClick={close}>{words.cancel}</Button>
              <Button kind="primary" isBusy={isRunning} onClick={() => void replay()}>
                {words.replay}
              </Button>
            </>
          }
        >
          <p>{isRunning ? words.replayingAll(queuedSoFar) : words.replayAllDeadText}</p>
          {isRunning && <progress aria-label={words.replay} />}
        </Dialog>
      )}
    </>
  );
}
