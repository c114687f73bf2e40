import type { Words } from "../../i18n/translation.ts";

export const deliveryStates = ["pending", "delivered", "dead", "cancelled"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** What a state is called. */
export function stateText(state: DeliveryState, words: Words): string {
  const texts = {
    pending: words.statePending,
    delivered: words.stateDelivered,
    dead: words.stateDead,
    cancelled: words.stateCancelled,
  };
  return texts[state];
}

/** What an attempt's outcome is called. */
export function outcomeText(outcome: string, words: Words): string {
  const texts: Readonly<Record<string, string>> = {
    delivered: words.outcomeDelivered,
    refused: words.outcomeRefused,
    reset: words.outcomeReset,
    dns: words.outcomeDns,
    tls: words.outcomeTls,
    "connect-timeout": words.outcomeConnectTimeout,
    "headers-timeout": words.outcomeHeadersTimeout,
    "body-timeout": words.outcomeBodyTimeout,
    status: words.outcomeStatus,
    "not-json": words.outcomeNotJson,
    "too-large": words.outcomeTooLarge,
    "forbidden-address": words.outcomeForbiddenAddress,
    other: words.outcomeOther,
  };
  return texts[outcome] ?? outcome;
}

/** A command without what they all begin with. */
export function shortCommand(command: string): string {
  return command.replace(/^Group\.Callback/, "");
}
