import type { InputOf } from "../../api/call.ts";
import { deliveryStates, type DeliveryState } from "./delivery-words.ts";

/** What deliveries are searched by: as it stands in the address of the page, and in its fields. */
export interface Filter {
  readonly state: DeliveryState | "";
  readonly command: string;
  readonly group: string;
  readonly id: string;
  /** As `datetime-local` has it. */
  readonly from: string;
  readonly to: string;
}

export const emptyFilter: Filter = { state: "", command: "", group: "", id: "", from: "", to: "" };

export function readFilter(query: URLSearchParams): Filter {
  return {
    state: deliveryStates.find((known) => known === query.get("state")) ?? "",
    command: query.get("command") ?? "",
    group: query.get("group") ?? "",
    id: query.get("id") ?? "",
    from: localTime(query.get("from")),
    to: localTime(query.get("to")),
  };
}

/** What the page's fields show: what they cannot show must not be searched by unseen. */
function localTime(text: string | null): string {
  return text !== null && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text)) ? text : "";
}

type Query = NonNullable<InputOf<"listDeliveries">["query"]>;

/** What the server is asked for. */
export function queryOf(sdkAppId: number, { state, command, group, id, from, to }: Filter): Query {
  return {
    sdkAppId,
    ...(state !== "" && { state }),
    // Commands that there are not are refused by the server, with a sentence.
    ...(command !== "" && { command: command as NonNullable<Query["command"]> }),
    ...(group !== "" && { groupId: group }),
    ...(id !== "" && { id }),
    ...(from !== "" && { from: new Date(from).getTime() }),
    ...(to !== "" && { to: new Date(to).getTime() }),
  };
}
