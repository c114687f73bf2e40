import type { ReactNode } from "react";

import { callbacks } from "../../api/callbacks.ts";
import { language, useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Tick } from "../../parts/tick.tsx";
import { useStore } from "../../state/store.ts";
import { shortCommand } from "../deliveries/delivery-words.ts";
import { SectionCard } from "./section-card.tsx";
import { aboutMessages, switchWords, type SwitchName } from "./switch-words.ts";
import { useSection, type Section } from "./use-section.ts";
import type { Settings } from "./use-settings.ts";

/** A switch, whether what it turns on asks or tells, and what else it turns on. */
interface Switch {
  readonly name: SwitchName;
  readonly kind: "before" | "after" | "messages";
  readonly also: readonly string[];
}

const switches: readonly Switch[] = callbacks
  .filter(({ command, switch: name }) => command === name)
  .map(({ switch: name, kind }) => ({
    name,
    kind: aboutMessages.has(name) ? "messages" : kind,
    also: callbacks.filter((one) => one.switch === name && one.command !== name).map(({ command }) => command),
  }));

interface Values {
  /** In the catalog's order. */
  readonly on: readonly string[];
}

/** One tick for each switch, with what shares it. */
export function SwitchesSection({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const section = useSection<Values>(settings, {
    name: "switches",
    read: (app) => ({ on: inOrder(new Set(app.settings.callback?.switches)) }),
    patch: (_edits, { on }) => ({ callback: { switches: on } }),
    paths: ["callback.switches"],
  });
  const kinds = { before: words.switchesBefore, after: words.switchesAfter, messages: words.switchesMessages };
  return (
    <SectionCard title={words.switchesTitle} hint={words.switchesHint} section={section}>
      <p className="hint">{words.switchesOn(section.values.on.length, switches.length)}</p>
      {(["after", "before"] as const).map((kind) => (
        <SwitchGroup
          key={kind}
          title={kinds[kind]}
          of={switches.filter((one) => one.kind === kind)}
          section={section}
        />
      ))}
      <details>
        <summary>{kinds.messages}</summary>
        <SwitchGroup of={switches.filter(({ kind }) => kind === "messages")} section={section} />
      </details>
    </SectionCard>
  );
}

interface SwitchGroupProps {
  readonly title?: string;
  readonly of: readonly Switch[];
  readonly section: Section<Values>;
}

function SwitchGroup({ title, of, section }: SwitchGroupProps): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  const on = new Set(section.values.on);
  const turn = (names: readonly string[], isOn: boolean): void => {
    const next = new Set(on);
    for (const name of names) {
      if (isOn) next.add(name);
      else next.delete(name);
    }
    section.edit({ on: inOrder(next) });
  };
  const all = of.map(({ name }) => name);
  return (
    <fieldset className="switches">
      {title !== undefined && <legend>{title}</legend>}
      <div className="actions">
        <Button kind="quiet" onClick={() => turn(all, true)}>
          {words.allOn}
        </Button>
        <Button kind="quiet" onClick={() => turn(all, false)}>
          {words.allOff}
        </Button>
      </div>
      <div className="switch-list">
        {of.map(({ name, also }) => (
          <Tick
            key={name}
            label={switchWords[name][spoken]}
            hint={
              <>
                <code>{shortCommand(name)}</code>
                {also.length > 0 && ` · ${words.switchAlso(also.map(shortCommand).join(", "))}`}
              </>
            }
            value={on.has(name)}
            onChange={(isOn) => turn([name], isOn)}
          />
        ))}
      </div>
    </fieldset>
  );
}

/** So that two lists of the same switches are the same list. */
function inOrder(on: ReadonlySet<string>): string[] {
  return switches.map(({ name }) => name).filter((name) => on.has(name));
}
