import { createStore, useStore } from "../state/store.ts";

/** The pages of an app. */
export const pages = ["playground", "live", "deliveries", "groups", "settings"] as const;
export type Page = (typeof pages)[number];

/** A place on the page: `/console/<app>/<page>/<item>?<query>`. */
export interface Place {
  readonly sdkAppId: number | undefined;
  readonly page: Page | undefined;
  /** What of the page: a delivery's position, a group's id. */
  readonly item: string | undefined;
  readonly query: URLSearchParams;
}

const PREFIX = "/console";
const place = createStore(readPlace());

addEventListener("popstate", () => place.set(readPlace()));

function readPlace(): Place {
  const [app, page, item] = location.pathname.slice(PREFIX.length + 1).split("/");
  return {
    sdkAppId: /^\d{1,10}$/.test(app ?? "") ? Number(app) : undefined,
    page: pages.find((known) => known === page),
    item: item === undefined || item === "" ? undefined : decoded(item),
    query: new URLSearchParams(location.search),
  };
}

/** An address that somebody has typed may have a per cent sign that stands for itself. */
function decoded(item: string): string {
  try {
    return decodeURIComponent(item);
  } catch {
    return item;
  }
}

export function usePlace(): Place {
  return useStore(place);
}

/** The address of a place; what is undefined or empty in the query is left out. */
export function addressOf(
  sdkAppId: number,
  page: Page,
  item?: string | number,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const text = new URLSearchParams(given).toString();
  const path = `${PREFIX}/${sdkAppId}/${page}${item === undefined ? "" : `/${encodeURIComponent(item)}`}`;
  return text === "" ? path : `${path}?${text}`;
}

/** Goes to a place; with `replace` it takes the present one's place in the history. */
export function go(address: string, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  place.set(readPlace());
}
