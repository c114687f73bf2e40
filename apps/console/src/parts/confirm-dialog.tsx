import { useState, type ReactNode } from "react";

import { useWords } from "../i18n/words.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { say } from "./toast.tsx";

interface ConfirmDialogProps {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly action: string;
  readonly onConfirm: () => Promise<unknown>;
  /** What is said once it is done. */
  readonly done: string;
  /** When it is done, or not wanted. */
  readonly onClose: () => void;
}

/** Asks before something is done that cannot be undone. Where that fails it says why, and stays. */
export function ConfirmDialog({ title, text, action, onConfirm, done, onClose }: ConfirmDialogProps): ReactNode {
  const words = useWords();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function confirm(): Promise<void> {
    setBusy(true);
    try {
      await onConfirm();
      say(done);
      onClose();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button kind="danger" isBusy={isBusy} onClick={() => void confirm()}>
            {action}
          </Button>
        </>
      }
    >
      <p>{text}</p>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </Dialog>
  );
}
