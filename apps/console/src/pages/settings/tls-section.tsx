import type { ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { TextAreaField } from "../../parts/field.tsx";
import { SectionCard } from "./section-card.tsx";
import { useSection } from "./use-section.ts";
import type { AppPatch, Settings } from "./use-settings.ts";

interface Values {
  readonly ca: string;
  readonly cert: string;
  /** Never shown: empty, until one is typed. */
  readonly key: string;
}

/** Who is believed and who is shown over HTTPS, where that is not as usual. */
export function TlsSection({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const section = useSection<Values>(settings, {
    name: "tls",
    read: ({ settings: { callback } }) => ({ ca: callback?.tls?.ca ?? "", cert: callback?.tls?.cert ?? "", key: "" }),
    patch: patchOf,
    paths: ["callback.tls.ca", "callback.tls.cert", "callback.tls.key"],
  });
  const { values, edit, problemAt } = section;
  return (
    <SectionCard title={words.tlsTitle} hint={words.tlsHint} section={section}>
      <TextAreaField
        label={words.tlsCa}
        problem={problemAt("callback.tls.ca")}
        rows={3}
        className="pem"
        value={values.ca}
        onChange={(ca) => edit({ ca })}
      />
      <TextAreaField
        label={words.tlsCert}
        problem={problemAt("callback.tls.cert")}
        rows={3}
        className="pem"
        value={values.cert}
        onChange={(cert) => edit({ cert })}
      />
      <TextAreaField
        label={words.tlsKey}
        hint={words.tlsKeyHint}
        problem={problemAt("callback.tls.key")}
        rows={3}
        className="pem"
        autoComplete="off"
        value={values.key}
        onChange={(key) => edit({ key })}
      />
    </SectionCard>
  );
}

function patchOf(edits: Partial<Values>, { ca, cert, key }: Values): AppPatch {
  if (ca === "" && cert === "" && key === "") return { callback: { tls: null } };
  const tls = {
    ...(edits.ca !== undefined && { ca: ca === "" ? null : ca }),
    // A key without its certificate is of no use: it goes with it.
    ...(edits.cert !== undefined && (cert === "" ? { cert: null, key: null } : { cert })),
    ...(key !== "" && { key }),
  };
  return { callback: { tls } };
}
