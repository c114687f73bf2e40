import type { ReactNode } from "react";

import { useWords } from "../../../i18n/words.ts";
import type { LifeState } from "./group-life.ts";

/** Most names that are shown of one kind. */
const MOST = 60;

interface LifeStateViewProps {
  readonly state: LifeState;
  /** How it was just before: what has come and gone with the instant is marked. */
  readonly before: LifeState;
  /** Whether all that has happened is known. */
  readonly isKnown: boolean;
}

/** A group as it was at an instant. */
export function LifeStateView({ state, before, isKnown }: LifeStateViewProps): ReactNode {
  const words = useWords();
  const phases = { unknown: words.phaseUnknown, there: words.phaseThere, disbanded: words.phaseDisbanded };
  const names: Readonly<Record<string, string>> = {
    name: words.name,
    type: words.groupType,
    owner: words.owner,
    introduction: words.introduction,
    notification: words.notification,
    faceUrl: words.faceUrl,
  };
  return (
    <div className="life-state">
      <dl className="facts">
        <dt>{words.phase}</dt>
        <dd>
          <span className={`badge ${badgeOf(state.phase)}`}>{phases[state.phase]}</span>
          {state.phase === "unknown" && isKnown && <span className="hint"> {words.beginningUnknown}</span>}
        </dd>
        {Object.entries(state.texts).map(([key, value]) => (
          <div key={key} className="fact">
            <dt>{names[key] ?? key}</dt>
            <dd className={value === before.texts[key] ? "" : "come"}>{value === "" ? "–" : value}</dd>
          </div>
        ))}
      </dl>
      <Names title={words.members} now={state.members} before={before.members} showsValue />
      {state.topics.size + before.topics.size > 0 && (
        <Names title={words.topics} now={state.topics} before={before.topics} showsValue={false} />
      )}
    </div>
  );
}

function badgeOf(phase: LifeState["phase"]): string {
  return { unknown: "", there: "delivered", disbanded: "dead" }[phase];
}

interface NamesProps {
  readonly title: string;
  readonly now: ReadonlyMap<string, string>;
  readonly before: ReadonlyMap<string, string>;
  /** Whether the key is what is read, and the value said beside it; else the value is read. */
  readonly showsValue: boolean;
}

function Names({ title, now, before, showsValue }: NamesProps): ReactNode {
  const gone = [...before].filter(([key]) => !now.has(key));
  const shown = [...now].slice(0, MOST);
  const textOf = (key: string, value: string): string => {
    if (!showsValue) return value;
    return value === "Member" ? key : `${key} (${value})`;
  };
  return (
    <div className="life-names">
      <h3>
        {title} · {now.size}
      </h3>
      <ul>
        {shown.map(([key, value]) => (
          <li key={key} className={before.get(key) === value ? "" : "come"} title={key}>
            {textOf(key, value)}
          </li>
        ))}
        {gone.map(([key, value]) => (
          <li key={key} className="gone" title={key}>
            <s>{textOf(key, value)}</s>
          </li>
        ))}
        {now.size > MOST && <li className="faint">+ {now.size - MOST}</li>}
      </ul>
    </div>
  );
}
