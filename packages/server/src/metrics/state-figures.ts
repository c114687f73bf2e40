import type { Figures } from "@muster/foundation";

import type { Apps } from "../app-settings.ts";
import type { EndpointState } from "../ports/endpoint-states.ts";
import type { InMemory, Ledger } from "../ports/outbox.ts";
import { VERSION } from "../version.ts";

/** Where the gauges look. */
export interface WatchedParts {
  readonly apps: Pick<Apps, "get" | "all">;
  readonly ledger: () => Promise<readonly Ledger[]>;
  /** When the callback was accepted that each app has waited for longest, ms since 1970. */
  readonly oldestPending: () => Promise<ReadonlyMap<number, number>>;
  /** Of an endpoint that fails. */
  readonly endpointState: (sdkAppId: number) => EndpointState | undefined;
  /** What delivering has in memory. */
  readonly inMemory: () => InMemory;
  readonly connectedDevices: () => number;
  readonly connectedUsers: (sdkAppId: number) => number;
  /** ms since 1970 */
  readonly now: () => number;
}

/** Figures of how things stand: looked up whenever somebody asks, in time that does not grow with any backlog. */
export function stateFigures(figures: Figures, parts: WatchedParts): void {
  const { apps, ledger, oldestPending, endpointState, inMemory, connectedDevices, connectedUsers, now } = parts;
  const perApp = (value: (sdkAppId: number) => number) =>
    [...apps.all()].map(({ sdkAppId }) => [{ sdk_app_id: String(sdkAppId) }, value(sdkAppId)] as const);

  figures.gauge({ name: "muster_build_info", help: "1, with the version that runs.", labels: ["version"] }, () => [
    [{ version: VERSION }, 1],
  ]);
  figures.gauge(
    {
      name: "muster_callbacks",
      help: "Callbacks by state since the store was made; accepted = delivered + pending + dead + cancelled.",
      labels: ["sdk_app_id", "state"],
    },
    async () =>
      (await ledger()).flatMap(({ sdkAppId, ...counts }) =>
        Object.entries(counts).map(([state, count]) => [{ sdk_app_id: String(sdkAppId), state }, count] as const),
      ),
  );
  figures.gauge(
    {
      name: "muster_oldest_pending_age_seconds",
      help: "For how long the callback waits that has waited longest; 0 where none does.",
      labels: ["sdk_app_id"],
    },
    async () => {
      const [oldest, at] = [await oldestPending(), now()];
      return perApp((sdkAppId) => Math.max(at - (oldest.get(sdkAppId) ?? at), 0) / 1_000);
    },
  );
  figures.gauge(
    {
      name: "muster_endpoint_state",
      help: "1 for the state that an app's endpoint is in: closed (all is well), open (left alone) or disabled.",
      labels: ["sdk_app_id", "state"],
    },
    () =>
      [...apps.all()].flatMap(({ sdkAppId }) => {
        const is = stateName(endpointState(sdkAppId));
        return (["closed", "open", "disabled"] as const).map(
          (state) => [{ sdk_app_id: String(sdkAppId), state }, Number(state === is)] as const,
        );
      }),
  );
  figures.gauge(
    {
      name: "muster_lanes",
      help: "Lanes (groups) that are being delivered, in memory: never tried, failed before, or replays.",
      labels: ["kind"],
    },
    () => Object.entries(inMemory().lanes).map(([kind, count]) => [{ kind }, count] as const),
  );
  figures.gauge({ name: "muster_results_unwritten", help: "Results of attempts that are not on disk yet." }, () => [
    [{}, inMemory().unwritten],
  ]);
  figures.gauge(
    { name: "muster_connected_devices", help: "App users' devices that are connected and logged in." },
    () => [[{}, connectedDevices()]],
  );
  figures.gauge(
    { name: "muster_connected_users", help: "App users with a device that is connected.", labels: ["sdk_app_id"] },
    () => perApp(connectedUsers),
  );
}

function stateName(state: EndpointState | undefined): "closed" | "open" | "disabled" {
  if (!state) return "closed";
  return state.until === undefined ? "disabled" : "open";
}
