import { createMemoryInbox } from "./memory-inbox.ts";
import { workInboxContract } from "./work-inbox.contract.ts";

workInboxContract("the memory inbox", () => {
  const inbox = createMemoryInbox();
  return {
    inbox,
    kept: inbox.kept,
    stateOf: inbox.stateOf,
    write: undefined,
    written: () => [],
    close: () => Promise.resolve(),
  };
});
