import type { ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import type { PageProps } from "../page-props.ts";
import { AppSection } from "./app-section.tsx";
import { CallbackSection } from "./callback-section.tsx";
import { DangerCard } from "./danger-card.tsx";
import { DeliverySection } from "./delivery-section.tsx";
import { EndpointCard } from "./endpoint-card.tsx";
import { FormSection } from "./form-section.tsx";
import { NewApp } from "./new-app.tsx";
import { QuantitiesSection } from "./quantities-section.tsx";
import { SecretKeyCard } from "./secret-key-card.tsx";
import { SwitchesSection } from "./switches-section.tsx";
import { TlsSection } from "./tls-section.tsx";
import { TokenCard } from "./token-card.tsx";
import { useSettings } from "./use-settings.ts";

/** Everything that an app is set to. */
export function AppSettings({ app, onAppChanged }: PageProps): ReactNode {
  const words = useWords();
  const settings = useSettings(app.sdkAppId, onAppChanged);
  const sources = { file: app.changed ? words.fromFileChanged : words.fromFile, api: words.fromApi };
  const head = (
    <PageHead
      title={words.settings}
      intro={
        <>
          <span>{words.settingsIntro}</span>
          <span className="tag">{sources[app.source]}</span>
        </>
      }
      actions={<NewApp onMade={onAppChanged} />}
    />
  );
  if (!settings) return head;
  if ("error" in settings) {
    return (
      <>
        {head}
        <ProblemNote error={settings.error} onRetry={settings.retry} />
      </>
    );
  }
  const hasUrl = settings.app.settings.callback !== undefined;
  return (
    <>
      {head}
      <div className="settings">
        <CallbackSection settings={settings} />
        {hasUrl && (
          <>
            <EndpointCard sdkAppId={app.sdkAppId} />
            <TokenCard settings={settings} />
            <SwitchesSection settings={settings} />
            <DeliverySection settings={settings} />
          </>
        )}
        <FormSection settings={settings} />
        <AppSection settings={settings} />
        <QuantitiesSection settings={settings} />
        {hasUrl && <TlsSection settings={settings} />}
        <SecretKeyCard settings={settings} />
        <DangerCard settings={settings} />
      </div>
    </>
  );
}
