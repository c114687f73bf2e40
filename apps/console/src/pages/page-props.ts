import type { AppView } from "../api/app-view.ts";

/** What each page is given. */
export interface PageProps {
  readonly app: AppView;
  /** To be called when the app's settings have changed. */
  readonly onAppChanged: () => void;
}
