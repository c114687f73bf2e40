import { useState, type ReactNode } from "react";

import { ApiError } from "../api/call.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

interface ConfirmationProps {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly confirm: string;
  /** Whether it cannot be done yet. */
  readonly isLocked?: boolean;
  readonly children?: ReactNode;
  readonly onClose: () => void;
  readonly onConfirm: () => Promise<void>;
}

/** Asks before something that cannot be taken back. Closes once it is done; otherwise says why it is not. */
export function Confirmation(props: ConfirmationProps): ReactNode {
  const { title, text, confirm, isLocked = false, children, onClose, onConfirm } = props;
  const words = useWords();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function carryOut(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      const isConflict = error instanceof ApiError && error.code === "precondition-failed";
      setProblem(isConflict ? words.changedByOthers : error instanceof Error ? error.message : String(error));
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
          <Button kind="danger" isBusy={isBusy} disabled={isLocked} onClick={() => void carryOut()}>
            {confirm}
          </Button>
        </>
      }
    >
      <p>{text}</p>
      {children}
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </Dialog>
  );
}
