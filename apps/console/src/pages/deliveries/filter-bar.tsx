import { useState, type FormEvent, type ReactNode } from "react";

import type { Problem } from "../../api/call.ts";
import { callbacks } from "../../api/callbacks.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { Segments } from "../../parts/segments.tsx";
import { emptyFilter, type Filter } from "./delivery-filter.ts";
import { deliveryStates, shortCommand, stateText } from "./delivery-words.ts";

interface FilterBarProps {
  readonly filter: Filter;
  /** What is wrong with what was searched by. */
  readonly problems: readonly Problem[];
  readonly onSearch: (filter: Filter) => void;
}

/** What is searched by. A choice counts at once, a text with Enter or the button. */
export function FilterBar({ filter, problems, onSearch }: FilterBarProps): ReactNode {
  const words = useWords();
  const [draft, setDraft] = useState(filter);
  const problemOf = (name: string): string | undefined => problems.find(({ path }) => path === name)?.message;
  const isEmpty = Object.values(filter).every((value) => value === "");
  const choose = (change: Partial<Filter>): void => onSearch({ ...draft, ...change });
  const edit = (change: Partial<Filter>): void => setDraft({ ...draft, ...change });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSearch(draft);
  };
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <Segments
          label={words.state}
          value={filter.state}
          choices={(["", ...deliveryStates] as const).map((state) => ({
            value: state,
            label: state === "" ? words.anyState : stateText(state, words),
          }))}
          onChange={(state) => choose({ state })}
        />
        <div className="fields">
          <TextField
            label={words.groupId}
            problem={problemOf("groupId")}
            value={draft.group}
            onChange={(group) => edit({ group })}
          />
          <SelectField
            label={words.command}
            problem={problemOf("command")}
            value={draft.command}
            choices={[
              { value: "", label: words.anyCommand },
              ...callbacks.map(({ command }) => ({ value: command, label: shortCommand(command) })),
            ]}
            onChange={(command) => choose({ command })}
          />
          <div className="actions">
            <Button type="submit" kind="primary">
              {words.search}
            </Button>
            {!isEmpty && <Button onClick={() => onSearch(emptyFilter)}>{words.clear}</Button>}
          </div>
        </div>
        <details open={filter.id !== "" || filter.from !== "" || filter.to !== ""}>
          <summary>{words.moreFilters}</summary>
          <div className="fields">
            <TextField
              label={words.webhookId}
              problem={problemOf("id")}
              value={draft.id}
              onChange={(id) => edit({ id })}
            />
            <TextField
              label={words.from}
              type="datetime-local"
              problem={problemOf("from")}
              value={draft.from}
              onChange={(from) => edit({ from })}
            />
            <TextField
              label={words.to}
              type="datetime-local"
              problem={problemOf("to")}
              value={draft.to}
              onChange={(to) => edit({ to })}
            />
          </div>
        </details>
      </form>
    </search>
  );
}
