import manifest from "../package.json" with { type: "json" };

/** The server's version, as its packages have it. */
export const VERSION = manifest.version;
