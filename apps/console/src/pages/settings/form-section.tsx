import type { ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { SelectField } from "../../parts/field.tsx";
import { SectionCard } from "./section-card.tsx";
import { useSection } from "./use-section.ts";
import type { Settings } from "./use-settings.ts";

interface Values {
  readonly eventTime: "number" | "string";
  readonly typeNames: "old" | "new";
}

/** How callbacks are written where Tencent's documents allow more than one form. */
export function FormSection({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const section = useSection<Values>(settings, {
    name: "form",
    read: (app) => app.settings.profile,
    patch: (edits) => ({ profile: edits }),
    paths: ["profile.eventTime", "profile.typeNames"],
  });
  const { values, edit, problemAt } = section;
  return (
    <SectionCard title={words.formTitle} hint={words.formHint} section={section}>
      <div className="fields">
        <SelectField
          label={words.eventTime}
          problem={problemAt("profile.eventTime")}
          value={values.eventTime}
          choices={[
            { value: "number", label: words.eventTimeNumber },
            { value: "string", label: words.eventTimeString },
          ]}
          onChange={(eventTime) => edit({ eventTime })}
        />
        <SelectField
          label={words.typeNames}
          problem={problemAt("profile.typeNames")}
          value={values.typeNames}
          choices={[
            { value: "old", label: words.typeNamesOld },
            { value: "new", label: words.typeNamesNew },
          ]}
          onChange={(typeNames) => edit({ typeNames })}
        />
      </div>
    </SectionCard>
  );
}
