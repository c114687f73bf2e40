import { useState, type ReactNode } from "react";

import type { AppView } from "../api/app-view.ts";
import { call } from "../api/call.ts";
import { language, languages, speak, useWords, type Language } from "../i18n/words.ts";
import { Button } from "../parts/button.tsx";
import { Link } from "../route/link.tsx";
import { addressOf, go, pages, type Page } from "../route/location.ts";
import { useStore } from "../state/store.ts";
import { PageIcon } from "./icons.tsx";
import markUrl from "./mark.svg";
import { nextTheme, theme } from "./theme.ts";

interface NavigationProps {
  readonly apps: readonly AppView[];
  readonly app: AppView | undefined;
  readonly page: Page | undefined;
}

/** Which app, which page, and how the whole looks. */
export function Navigation({ apps, app, page }: NavigationProps): ReactNode {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <header className={`navigation ${isOpen ? "open" : ""}`}>
      <div className="brand">
        <img src={markUrl} alt="" width="26" height="26" />
        <strong>Muster</strong>
        <button
          type="button"
          className="button quiet menu"
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setOpen(!isOpen)}
        >
          {words.menu}
        </button>
      </div>
      <div id="navigation" className="fold">
        <label className="app-choice">
          <span>{words.app}</span>
          <select
            value={app?.sdkAppId ?? ""}
            onChange={(event) => go(addressOf(Number(event.target.value), page ?? "live"))}
          >
            {!app && <option value="">{words.app}</option>}
            {apps.map(({ sdkAppId, settings }) => (
              <option key={sdkAppId} value={sdkAppId}>
                {words.appNamed(settings.name, sdkAppId)}
              </option>
            ))}
          </select>
        </label>
        <nav aria-label={words.menu}>
          {app &&
            pages.map((name) => (
              <Link
                key={name}
                to={addressOf(app.sdkAppId, name)}
                aria-current={name === page ? "page" : undefined}
                onClickCapture={() => setOpen(false)}
              >
                <PageIcon page={name} />
                {words[name]}
              </Link>
            ))}
        </nav>
        <Choices />
      </div>
    </header>
  );
}

function Choices(): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  const shown = useStore(theme);
  const themeNames = { system: words.themeSystem, light: words.themeLight, dark: words.themeDark };
  const signOut = async (): Promise<void> => {
    await call("signOut", {}).catch(() => undefined);
    // Whoever comes next finds nothing of what was shown.
    location.assign("/console");
  };
  return (
    <div className="choices">
      <label>
        <span className="unseen">{words.language}</span>
        <select value={spoken} onChange={(event) => void speak(event.target.value === "zh" ? "zh" : "en")}>
          {Object.entries(languages).map(([value, name]) => (
            <option key={value} value={value} lang={value satisfies string as Language}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Button kind="quiet" onClick={() => theme.set(nextTheme())}>
        {words.theme}: {themeNames[shown]}
      </Button>
      <Button kind="quiet" onClick={() => void signOut()}>
        {words.signOut}
      </Button>
    </div>
  );
}
