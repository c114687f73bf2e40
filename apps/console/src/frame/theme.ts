import { keep, readKept } from "../state/kept.ts";
import { createStore } from "../state/store.ts";

const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** Light or dark: as the system has it, unless somebody chose. */
export const theme = createStore<Theme>(themes.find((known) => known === readKept("theme")) ?? "system");

theme.subscribe(show);
show();

function show(): void {
  const chosen = theme.get();
  keep("theme", chosen);
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

/** The next one in turn. */
export function nextTheme(): Theme {
  return themes[(themes.indexOf(theme.get()) + 1) % themes.length] ?? "system";
}
