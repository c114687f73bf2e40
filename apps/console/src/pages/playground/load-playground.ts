import type { ReactNode } from "react";
import { config } from "zod/mini";

import type { PageProps } from "../page-props.ts";

/** The playground, with the client library. */
export async function loadPlayground(): Promise<(props: PageProps) => ReactNode> {
  // The library's schemas are not to try eval, which this page forbids: said before they are made.
  config({ jitless: true });
  const { Playground } = await import("./playground.tsx");
  return Playground;
}
