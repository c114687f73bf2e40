import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { debianProgram } from "./debian-program.ts";
import { temporaryFolder } from "./folder.ts";
import { freePort } from "./free-port.ts";

/** What leads to cells: nginx, with the configuration of the guide. */
export interface CellRouter {
  readonly url: string;
  /** Leads an app to another cell from now on. Connections that are there stay where they are. */
  lead(sdkAppId: number, cell: string): void;
}

const program = debianProgram("nginx", "nginx-light", "-v");

/** Why there can be no nginx here; `undefined` where there can. */
export const noNginx = program.missing;

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/scale.md"), "utf8");
const [, configuration = ""] = /^```nginx\n(.*?)^```$/ms.exec(guide) ?? [];

/** @param cells by name the URLs of their nodes */
export async function startCellRouter(cells: Readonly<Record<string, readonly string[]>>): Promise<CellRouter> {
  if (noNginx !== undefined) throw new Error(noNginx);
  const folder = temporaryFolder();
  const [port, map, settings] = [await freePort(), join(folder, "cells.map"), join(folder, "nginx.conf")];
  const upstreams = Object.entries(cells).map(([name, nodes]) => {
    const servers = nodes.map((url) => `server ${new URL(url).host};`).join(" ");
    return `upstream ${name} { ${servers} }`;
  });
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  writeFileSync(map, "");
  writeFileSync(
    settings,
    `${process.getuid?.() === 0 ? "user root;" : ""}
     daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr notice;
     events { worker_connections 512; }
     http {
       access_log off;
       ${paths.map((path) => `${path}_temp_path ${folder}/${path};`).join(" ")}
       ${upstreams.join("\n")}
       ${configuration
         .replaceAll(/^upstream .*\n/gm, "")
         .replace("listen 443 ssl;", `listen 127.0.0.1:${port};`)
         .replace("/etc/muster/cells.map", map)}
     }`,
  );
  const child = await program.start(["-e", "stderr", "-c", settings], "start worker process");
  onTestFinished(async () => {
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    await exit;
  });
  const led = new Map<number, string>();
  return {
    url: `http://127.0.0.1:${port}`,
    lead(sdkAppId, cell) {
      led.set(sdkAppId, cell);
      writeFileSync(map, [...led].map(([app, name]) => `${app} ${name};\n`).join(""));
      child.kill("SIGHUP");
    },
  };
}
