import { inboxContract } from "./inbox.contract.ts";
import { createMemoryInbox } from "./memory-inbox.ts";

inboxContract("the memory inbox", () => {
  const inbox = createMemoryInbox();
  return { inbox, kept: () => inbox.kept(), close: () => Promise.resolve() };
});
