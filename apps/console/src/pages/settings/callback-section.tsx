import { useState, type ReactNode } from "react";

import { call, type AnswerOf } from "../../api/call.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { TextAreaField, TextField } from "../../parts/field.tsx";
import { Tick } from "../../parts/tick.tsx";
import { linesOf, listOf } from "./lines.ts";
import { RemoveUrl } from "./remove-url.tsx";
import { SectionCard } from "./section-card.tsx";
import { useSection } from "./use-section.ts";
import type { Settings } from "./use-settings.ts";
import { Verification } from "./verification.tsx";

interface Values {
  readonly url: string;
  readonly allowPrivateNetwork: boolean;
  readonly allowNetworks: string;
}

/** Where callbacks go, and whether that works. */
export function CallbackSection({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const { sdkAppId } = settings.app;
  const { callback } = settings.app.settings;
  const section = useSection<Values>(settings, {
    name: "callback",
    read: (app) => ({
      url: app.settings.callback?.url ?? "",
      allowPrivateNetwork: app.settings.callback?.allowPrivateNetwork ?? false,
      allowNetworks: linesOf(app.settings.callback?.allowNetworks ?? []),
    }),
    patch: (edits, values) => ({ callback: { url: values.url, ...destinationOf(edits, values) } }),
    paths: ["callback.url", "callback.allowPrivateNetwork", "callback.allowNetworks"],
  });
  const { values, edit, problemAt } = section;
  const [verification, setVerification] = useState<AnswerOf<"verifyCallback">>();
  const [failure, setFailure] = useState<string>();
  const [isVerifying, setVerifying] = useState(false);

  /** Tries what stands in the fields. The token goes to the URL that is set, and to no other. */
  async function verify(): Promise<void> {
    setVerifying(true);
    setFailure(undefined);
    setVerification(undefined);
    const isOther = values.url !== callback?.url;
    const body = { ...(isOther && { url: values.url }), ...destinationOf(values, values) };
    try {
      setVerification(await call("verifyCallback", { path: { sdkAppId }, body }));
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
    setVerifying(false);
  }

  return (
    <SectionCard
      title={words.callbackTitle}
      hint={words.callbackHint}
      section={section}
      actions={
        <>
          <Button isBusy={isVerifying} disabled={values.url === ""} onClick={() => void verify()}>
            {words.verify}
          </Button>
          {callback && <RemoveUrl settings={settings} />}
        </>
      }
    >
      <TextField
        label={words.callbackUrl}
        hint={words.callbackUrlHint}
        problem={problemAt("callback.url")}
        type="url"
        placeholder="https://backend.example.com/callback"
        value={values.url}
        onChange={(url) => {
          edit({ url });
          setVerification(undefined);
        }}
      />
      <Tick
        label={words.allowPrivateNetwork}
        hint={words.allowPrivateNetworkHint}
        value={values.allowPrivateNetwork}
        onChange={(allowPrivateNetwork) => edit({ allowPrivateNetwork })}
      />
      <TextAreaField
        label={words.allowNetworks}
        hint={words.allowNetworksHint}
        problem={problemAt("callback.allowNetworks")}
        rows={2}
        value={values.allowNetworks}
        onChange={(allowNetworks) => edit({ allowNetworks })}
      />
      {isVerifying && <p className="faint">{words.verifying}</p>}
      {failure !== undefined && (
        <p className="problem" role="alert">
          {failure}
        </p>
      )}
      {verification && <Verification verification={verification} hasToken={settings.app.secrets.token !== undefined} />}
    </SectionCard>
  );
}

/** What was typed about where the URL may lead. */
function destinationOf(
  edits: Partial<Values>,
  { allowPrivateNetwork, allowNetworks }: Values,
): { allowPrivateNetwork?: boolean; allowNetworks?: readonly string[] } {
  return {
    ...(edits.allowPrivateNetwork !== undefined && { allowPrivateNetwork }),
    ...(edits.allowNetworks !== undefined && { allowNetworks: listOf(allowNetworks) }),
  };
}
