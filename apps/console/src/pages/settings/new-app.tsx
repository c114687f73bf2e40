import { useId, useState, type FormEvent, type ReactNode } from "react";

import { ApiError, call, type Problem } from "../../api/call.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { addressOf, go } from "../../route/location.ts";

interface NewAppProps {
  readonly onMade: () => void;
}

/** A button that makes an app, after asking for its id and name. */
export function NewApp({ onMade }: NewAppProps): ReactNode {
  const words = useWords();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>{words.newApp}</Button>
      {isAsking && <NewAppDialog onMade={onMade} onClose={() => setAsking(false)} />}
    </>
  );
}

interface Made {
  readonly sdkAppId: number;
  readonly secretKey: string;
}

function NewAppDialog({ onMade, onClose }: NewAppProps & { readonly onClose: () => void }): ReactNode {
  const words = useWords();
  const form = useId();
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<Made>();
  const problemAt = (path: string): string | undefined => problems.find((one) => one.path === path)?.message;

  async function make(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!/^\d+$/.test(id.trim())) {
      setProblems([{ path: "sdkAppId", message: words.wholeNumber }]);
      return;
    }
    setBusy(true);
    try {
      const { app, secretKey = "" } = await call("createApp", { body: { sdkAppId: Number(id), name } });
      setMade({ sdkAppId: app.sdkAppId, secretKey });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const told = error instanceof ApiError && error.problems.length > 0 ? error.problems : undefined;
      setProblems(told ?? [{ path: "sdkAppId", message }]);
    }
    setBusy(false);
  }

  if (made) {
    // Not before the key has been read: what shows this dialog may be there only as long as there is no app.
    const finish = (): void => {
      onMade();
      onClose();
    };
    const open = (): void => {
      finish();
      go(addressOf(made.sdkAppId, "settings"));
    };
    const action = (
      <Button kind="primary" onClick={open}>
        {words.openApp}
      </Button>
    );
    return (
      <Dialog title={words.newApp} onClose={finish} actions={action}>
        <p role="alert">{words.appMade(made.sdkAppId)}</p>
        <div className="made-secret">
          <code>{made.secretKey}</code>
          <CopyButton text={made.secretKey} />
        </div>
      </Dialog>
    );
  }
  const problem = (path: string): string | undefined => {
    const message = problemAt(path);
    return message === undefined ? undefined : words.sentence(message);
  };
  return (
    <Dialog
      title={words.newApp}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button kind="primary" type="submit" form={form} isBusy={isBusy}>
            {words.create}
          </Button>
        </>
      }
    >
      <p>{words.newAppText}</p>
      <form id={form} className="setting-form" onSubmit={(event) => void make(event)} noValidate>
        <TextField
          label={words.sdkAppId}
          problem={problem("sdkAppId")}
          inputMode="numeric"
          placeholder="1400000002"
          autoComplete="off"
          value={id}
          onChange={setId}
        />
        <TextField label={words.appName} problem={problem("name")} autoComplete="off" value={name} onChange={setName} />
      </form>
    </Dialog>
  );
}
