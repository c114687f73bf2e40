import type { ReactNode } from "react";

import type { AppView } from "../../api/app-view.ts";
import { useWords } from "../../i18n/words.ts";
import { SelectField, TextField } from "../../parts/field.tsx";
import { numberProblem } from "./number-problem.ts";
import { SectionCard } from "./section-card.tsx";
import { useSection } from "./use-section.ts";
import type { AppPatch, Settings } from "./use-settings.ts";

const counts = ["newGroupsPerDay", "groups", "avChatRooms", "groupsPerUser", "topicsPerCommunity"] as const;
const types = ["Work", "Public", "Meeting", "Community"] as const;
type Count = (typeof counts)[number];
type Type = (typeof types)[number];

interface Values extends Readonly<Record<Count | Type, string>> {
  readonly rates: "" | "documented" | "own";
  readonly callsPerSecond: string;
}

/** How much an app may have, and how often its REST API may be called. */
export function QuantitiesSection({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const pathOf = {
    count: (name: Count) => `quantities.${name}`,
    type: (name: Type) => `quantities.membersPerGroup.${name}`,
  };
  const section = useSection<Values>(settings, {
    name: "quantities",
    read: valuesOf,
    patch: patchOf,
    paths: [...counts.map(pathOf.count), ...types.map(pathOf.type), "rates"],
    check: (values) => [
      ...counts.flatMap((name) => numberProblem(pathOf.count(name), values[name], words)),
      ...types.flatMap((name) => numberProblem(pathOf.type(name), values[name], words)),
      ...(values.rates === "own" ? numberProblem("rates", values.callsPerSecond, words) : []),
    ],
  });
  const { values, edit, problemAt } = section;
  const labels = {
    newGroupsPerDay: words.newGroupsPerDay,
    groups: words.mostGroups,
    avChatRooms: words.mostAvChatRooms,
    groupsPerUser: words.groupsPerUser,
    topicsPerCommunity: words.topicsPerCommunity,
  };
  const field = (name: Count | Type, label: string, path: string): ReactNode => (
    <TextField
      key={name}
      label={label}
      problem={problemAt(path)}
      inputMode="numeric"
      placeholder={name === "groups" || name === "avChatRooms" ? words.unlimited : undefined}
      value={values[name]}
      onChange={(text) => edit({ [name]: text.trim() })}
    />
  );
  return (
    <SectionCard title={words.quantitiesTitle} hint={words.quantitiesHint} section={section}>
      <div className="fields">{counts.map((name) => field(name, labels[name], pathOf.count(name)))}</div>
      <div className="fields">{types.map((name) => field(name, words.membersOf(name), pathOf.type(name)))}</div>
      <div className="fields">
        <SelectField
          label={words.rates}
          problem={values.rates === "own" ? undefined : problemAt("rates")}
          value={values.rates}
          choices={[
            { value: "", label: words.ratesUnlimited },
            { value: "documented", label: words.ratesDocumented },
            { value: "own", label: words.ratesOwn },
          ]}
          onChange={(rates) => edit({ rates })}
        />
        {values.rates === "own" && (
          <TextField
            label={words.ratesMost}
            problem={problemAt("rates")}
            inputMode="numeric"
            value={values.callsPerSecond}
            onChange={(callsPerSecond) => edit({ callsPerSecond: callsPerSecond.trim() })}
          />
        )}
      </div>
    </SectionCard>
  );
}

function valuesOf({ settings: { quantities, rates } }: AppView): Values {
  const { membersPerGroup, ...rest } = quantities;
  const text = (value: number | undefined): string => (value === undefined ? "" : String(value));
  return {
    newGroupsPerDay: text(rest.newGroupsPerDay),
    groups: text(rest.groups),
    avChatRooms: text(rest.avChatRooms),
    groupsPerUser: text(rest.groupsPerUser),
    topicsPerCommunity: text(rest.topicsPerCommunity),
    Work: text(membersPerGroup.Work),
    Public: text(membersPerGroup.Public),
    Meeting: text(membersPerGroup.Meeting),
    Community: text(membersPerGroup.Community),
    rates: rates === undefined ? "" : rates === "documented" ? "documented" : "own",
    callsPerSecond: typeof rates === "number" ? String(rates) : "",
  };
}

function patchOf(edits: Partial<Values>, values: Values): AppPatch {
  const typed = (names: readonly (Count | Type)[]): Record<string, number | null> =>
    Object.fromEntries(
      names
        .filter((name) => edits[name] !== undefined)
        .map((name) => [name, values[name] === "" ? null : Number(values[name])]),
    );
  const isRates = edits.rates !== undefined || edits.callsPerSecond !== undefined;
  const rates = values.rates === "" ? null : values.rates === "own" ? Number(values.callsPerSecond) : values.rates;
  return {
    quantities: { ...typed(counts), membersPerGroup: typed(types) },
    ...(isRates && { rates }),
  };
}
