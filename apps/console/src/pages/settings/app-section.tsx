import type { ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { TextAreaField, TextField } from "../../parts/field.tsx";
import { Tick } from "../../parts/tick.tsx";
import { linesOf, listOf } from "./lines.ts";
import { SectionCard } from "./section-card.tsx";
import { useSection } from "./use-section.ts";
import type { AppPatch, Settings } from "./use-settings.ts";

/** Most custom fields, as documented. */
const MOST_GROUP_FIELDS = 10;
const MOST_MEMBER_FIELDS = 5;

interface Values {
  readonly name: string;
  readonly administrators: string;
  readonly community: boolean;
  readonly topic: boolean;
  readonly groupCustomFields: string;
  readonly memberCustomFields: string;
}

/** What the app is called, who administers it, and what its groups can have. */
export function AppSection({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const section = useSection<Values>(settings, {
    name: "app",
    read: ({ settings: { name, administrators, features, groupCustomFields, memberCustomFields } }) => ({
      name,
      administrators: linesOf(administrators),
      ...features,
      groupCustomFields: linesOf(groupCustomFields),
      memberCustomFields: linesOf(memberCustomFields),
    }),
    patch: patchOf,
    paths: ["name", "administrators", "features", "groupCustomFields", "memberCustomFields"],
  });
  const { values, edit, problemAt } = section;
  return (
    <SectionCard title={words.appTitle} section={section}>
      <TextField
        label={words.appName}
        problem={problemAt("name")}
        value={values.name}
        onChange={(name) => edit({ name })}
      />
      <div className="tick-row">
        <Tick label={words.featureCommunity} value={values.community} onChange={(community) => edit({ community })} />
        <Tick label={words.featureTopic} value={values.topic} onChange={(topic) => edit({ topic })} />
      </div>
      <TextAreaField
        label={words.administrators}
        hint={words.administratorsHint}
        problem={problemAt("administrators")}
        rows={2}
        value={values.administrators}
        onChange={(administrators) => edit({ administrators })}
      />
      <div className="fields">
        <TextAreaField
          label={words.groupCustomFields}
          hint={words.customFieldsHint(MOST_GROUP_FIELDS)}
          problem={problemAt("groupCustomFields")}
          rows={3}
          value={values.groupCustomFields}
          onChange={(groupCustomFields) => edit({ groupCustomFields })}
        />
        <TextAreaField
          label={words.memberCustomFields}
          hint={words.customFieldsHint(MOST_MEMBER_FIELDS)}
          problem={problemAt("memberCustomFields")}
          rows={3}
          value={values.memberCustomFields}
          onChange={(memberCustomFields) => edit({ memberCustomFields })}
        />
      </div>
    </SectionCard>
  );
}

function patchOf(edits: Partial<Values>, values: Values): AppPatch {
  const { name, administrators, community, topic, groupCustomFields, memberCustomFields } = values;
  return {
    ...(edits.name !== undefined && { name }),
    ...(edits.administrators !== undefined && { administrators: listOf(administrators) }),
    ...((edits.community !== undefined || edits.topic !== undefined) && { features: { community, topic } }),
    ...(edits.groupCustomFields !== undefined && { groupCustomFields: listOf(groupCustomFields) }),
    ...(edits.memberCustomFields !== undefined && { memberCustomFields: listOf(memberCustomFields) }),
  };
}
