import { join } from "node:path";

import { defineConfig } from "vite";

/** The page goes where the server looks for it: it is published with the server, which needs nothing of this package. */
export default defineConfig({
  root: import.meta.dirname,
  base: "/console/",
  oxc: { jsx: { runtime: "automatic" } },
  build: {
    outDir: join(import.meta.dirname, "../../packages/server/console"),
    emptyOutDir: true,
    target: "es2022",
    // A data: URL in a style would have to be allowed to every style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
