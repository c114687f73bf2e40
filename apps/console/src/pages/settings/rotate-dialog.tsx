import { useId, useState, type FormEvent, type ReactNode } from "react";

import { ApiError } from "../../api/call.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";

const DAY = 86_400;

interface RotateDialogProps {
  readonly title: string;
  readonly text: string;
  /** Whether there is an older one, which may count for a while. */
  readonly hasOlder: boolean;
  /** What the new one is called in the admin API: problems with it are told at its field. */
  readonly path: "token" | "secretKey";
  readonly onClose: () => void;
  /** Resolves with the secret that was made, where none was given. */
  readonly onRotate: (given: string | undefined, overlapSeconds: number) => Promise<string | undefined>;
}

/** Gives a secret a successor, which is shown once where the server has made it. */
export function RotateDialog(props: RotateDialogProps): ReactNode {
  const { title, text, hasOlder, path, onClose, onRotate } = props;
  const words = useWords();
  const form = useId();
  const [given, setGiven] = useState("");
  const [overlap, setOverlap] = useState(String(DAY));
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<{ readonly secret: string | undefined }>();

  async function rotate(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      setMade({ secret: await onRotate(given === "" ? undefined : given, hasOlder ? Number(overlap) : 0) });
    } catch (error) {
      const [first] = error instanceof ApiError ? error.problems.filter((one) => one.path === path) : [];
      const isConflict = error instanceof ApiError && error.code === "precondition-failed";
      const message = error instanceof Error ? error.message : String(error);
      setProblem(first ? words.sentence(first.message) : isConflict ? words.changedByOthers : message);
    }
    setBusy(false);
  }

  if (made) {
    return (
      <Dialog title={title} onClose={onClose} actions={<Button onClick={onClose}>{words.close}</Button>}>
        <p role="alert">{made.secret === undefined ? words.secretTaken : words.secretMade}</p>
        {made.secret !== undefined && (
          <div className="made-secret">
            <code>{made.secret}</code>
            <CopyButton text={made.secret} />
          </div>
        )}
      </Dialog>
    );
  }
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button kind="primary" type="submit" form={form} isBusy={isBusy}>
            {hasOlder ? words.rotate : words.save}
          </Button>
        </>
      }
    >
      <p>{text}</p>
      <form id={form} className="setting-form" onSubmit={(event) => void rotate(event)} noValidate>
        <TextField
          label={words.newSecret}
          hint={words.newSecretHint}
          problem={problem}
          type="password"
          autoComplete="new-password"
          value={given}
          onChange={setGiven}
        />
        {hasOlder && (
          <SelectField
            label={words.overlap}
            value={overlap}
            choices={[
              { value: "0", label: words.overlapNone },
              { value: "3600", label: words.overlapHour },
              { value: String(DAY), label: words.overlapDay },
              { value: String(7 * DAY), label: words.overlapWeek },
              { value: String(30 * DAY), label: words.overlapMonth },
            ]}
            onChange={setOverlap}
          />
        )}
      </form>
    </Dialog>
  );
}
