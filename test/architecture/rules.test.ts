import { describe, expect, it } from "vitest";

import { readProject } from "./project.ts";
import * as rules from "./rules.ts";

const manifest = (name: string, dependencies: string[] = [], more: object = {}): string =>
  JSON.stringify({
    name,
    exports: { ".": "./src/index.ts" },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "1.0.0"])),
    ...more,
  });

/** A repository without a flaw; each test adds one. */
const sound: Record<string, string> = {
  "package.json": manifest("muster-workspace", ["node"], { devDependencies: { vitest: "5.0.0" } }),
  "packages/protocol/package.json": manifest("@muster/protocol", ["zod"]),
  "packages/protocol/src/index.ts": 'export { catalog } from "./catalog.ts";',
  "packages/protocol/src/catalog.ts": 'import * as z from "zod/mini";\nexport const catalog = z.object({});',
  "packages/protocol/src/catalog.test.ts": 'import { it } from "vitest";\nimport { readFileSync } from "node:fs";',
  "packages/foundation/package.json": manifest("@muster/foundation", ["fastify"]),
  "packages/foundation/src/index.ts": 'export { openSqlite } from "./sqlite/open.ts";\nexport * from "./clock.ts";',
  "packages/foundation/src/clock.ts": "export const now = () => Date.now();\nexport const after = setTimeout;",
  "packages/foundation/src/sqlite/open.ts":
    'import { DatabaseSync } from "node:sqlite";\nexport const sql = "PRAGMA user_version";',
  "packages/server/package.json": manifest("@muster/server", ["@muster/foundation", "@muster/protocol", "ws"]),
  "packages/server/src/index.ts": 'export { startServer } from "./app.ts";',
  "packages/server/src/app.ts":
    'import { openStore } from "./store/sqlite/open.ts";\nimport { door } from "./rest/door.ts";\nsetInterval(openStore, Math.random());',
  "packages/server/src/config.ts": "export const environment = process.env;",
  "packages/server/src/ports/store.ts": 'import type { Group } from "../group/group.ts";',
  "packages/server/src/group/group.ts": 'import { catalog } from "@muster/protocol";',
  "packages/server/src/commands/destroy-group.ts":
    'import type { Store } from "../ports/store.ts";\nimport "../group/group.ts";',
  "packages/server/src/rest/door.ts":
    'import { destroyGroup } from "../commands/destroy-group.ts";\nimport ws from "ws";',
  "packages/server/src/store/sqlite/open.ts":
    'import type { Store } from "../../ports/store.ts";\nexport const sql = "SELECT 1";',
  "packages/server/src/dispatch/lanes.ts": 'import { catalog } from "@muster/protocol";',
};

/** What a rule says of the sound repository with some files more, or others. */
function check(rule: rules.Rule, files: Record<string, string>): string[] {
  return rule(readProject(new Map(Object.entries({ ...sound, ...files })))).map(rules.tell);
}

const everyRule: [string, rules.Rule][] = [
  ["packagesPointOneWay", rules.packagesPointOneWay],
  ["noDeepImports", rules.noDeepImports],
  ["everyDependencyIsDeclared", rules.everyDependencyIsDeclared],
  ["librariesAreNeutral", rules.librariesAreNeutral],
  ["serverLayersPointInwards", rules.serverLayersPointInwards],
  ["nobodyImportsTheApp", rules.nobodyImportsTheApp],
  ["noCycles", rules.noCycles],
  ["sqlStaysInStores", rules.sqlStaysInStores],
  ["edgesAreHandedIn", rules.edgesAreHandedIn],
  ["namesSaySomething", rules.namesSaySomething],
];

it.each(everyRule)("%s finds nothing where nothing is wrong", (_, rule) => {
  expect(check(rule, {})).toEqual([]);
});

it("every rule is tried here", () => {
  const named = Object.entries(rules).filter(([name, value]) => typeof value === "function" && name !== "tell");
  expect(everyRule.map(([name]) => name).toSorted()).toEqual(named.map(([name]) => name).toSorted());
});

describe("reading imports", () => {
  it.each([
    ["a default", "import ws from '#';"],
    ["a namespace", 'import * as ws from "#";'],
    ["names without a blank", 'import{a}from"#";'],
    ["names on several lines", 'import { a,\n  type B as c, // "x"\n} from "#";'],
    ["a default and names", 'import ws, { a } from "#";'],
    ["types", 'import type { A } from "#";'],
    ["a side effect", 'import "#";'],
    ["a re-export", 'export { a } from "#";'],
    ["a re-export of all", 'export * from "#";'],
    ["a re-export of all without a blank", 'export*from"#";'],
    ["a re-export of all under a name", 'export * as a from "#";'],
    ["a re-export of types", 'export type { A } from "#";'],
    ["an import at run time", 'const a = await import("#");'],
    ["an import at run time, by a template", "const a = await import(`#`);"],
    ["a type's import", 'type A = import("#").A;'],
    ["require", 'const a = require("#");'],
    ["require as an import", 'import a = require("#");'],
  ])("%s counts", (_, source) => {
    const { sources } = readProject(new Map([["packages/x/src/a.ts", `\n${source}`]]));
    const imports = sources.get("packages/x/src/a.ts")?.imports ?? [];
    expect(imports.map(({ specifier }) => specifier)).toEqual(["#"]);
  });

  it.each([
    '// import "#";',
    '/* import a from "#" */',
    "const a = 'import \"#\"';",
    'const a = `import a from "#"`;',
    'important("#");',
    'a.from("#");',
    'export const from = "#";',
    'export default "#";',
    'const { from } = a; b("#");',
  ])("%s does not", (source) => {
    const { sources } = readProject(new Map([["packages/x/src/a.ts", source]]));
    expect(sources.get("packages/x/src/a.ts")?.imports).toEqual([]);
  });

  it("tells the line", () => {
    const problems = check(rules.librariesAreNeutral, {
      "packages/protocol/src/catalog.ts": '// one\n/* two\nthree */\nimport {\n  a,\n} from "node:fs";',
    });
    expect(problems).toEqual([
      "packages/protocol/src/catalog.ts:6 imports node:fs: packages/protocol also runs in browsers, Bun and Deno",
    ]);
  });
});

describe("the directions of packages", () => {
  it.each([
    ["packages/protocol", "@muster/foundation", "packages/protocol may import no package of ours"],
    ["packages/foundation", "@muster/protocol", "packages/foundation may import no package of ours"],
    ["packages/server", "@muster/server", "packages/server may import @muster/foundation, @muster/protocol"],
    ["packages/receiver", "@muster/server", "packages/receiver may import @muster/protocol"],
    ["packages/client", "@muster/foundation", "packages/client may import @muster/protocol"],
  ])("keep %s from importing %s, in tests as well", (home, specifier, rule) => {
    const files = { [`${home}/package.json`]: sound[`${home}/package.json`] ?? manifest("@muster/other") };
    for (const file of [`${home}/src/a.ts`, `${home}/src/a.test.ts`]) {
      expect(check(rules.packagesPointOneWay, { ...files, [file]: `import x from "${specifier}";` })).toEqual([
        `${file}:1 imports ${specifier}: ${rule}`,
      ]);
    }
  });

  it("hold for subpaths and for types", () => {
    const source = 'import type { A } from "@muster/server/testing";';
    expect(check(rules.packagesPointOneWay, { "packages/protocol/src/a.ts": source })).toHaveLength(1);
  });

  it("hold for what is declared, also where it is not imported", () => {
    const file = "packages/foundation/package.json";
    expect(check(rules.packagesPointOneWay, { [file]: manifest("@muster/foundation", ["@muster/protocol"]) })).toEqual([
      `${file}:1 depends on @muster/protocol: packages/foundation may import no package of ours`,
    ]);
  });

  it("are known for every package", () => {
    expect(check(rules.packagesPointOneWay, { "packages/extra/package.json": manifest("@muster/extra") })).toEqual([
      "packages/extra/package.json:1 has no direction: packageDirections in test/architecture/rules.ts says it",
    ]);
  });
});

describe("deep imports", () => {
  it.each([
    ["../../protocol/src/catalog.ts", "import what packages/protocol exports"],
    ["@muster/protocol/src/catalog.ts", "@muster/protocol exports ."],
    ["@muster/protocol/catalog", "@muster/protocol exports ."],
    ["../../../test/architecture/rules.ts", "a source imports nothing outside its package"],
  ])("are found: %s", (specifier, rule) => {
    expect(check(rules.noDeepImports, { "packages/server/src/context.ts": `import "${specifier}";` })).toEqual([
      `packages/server/src/context.ts:1 imports ${specifier}: ${rule}`,
    ]);
  });

  it("are what a package does not export; a subpath that it exports is none", () => {
    const exported = manifest("@muster/protocol", ["zod"], {
      exports: { ".": "./src/index.ts", "./testing": "./src/testing.ts" },
    });
    const files = { "packages/protocol/package.json": exported };
    const importing = (specifier: string) => ({ ...files, "packages/server/src/context.ts": `import "${specifier}";` });
    expect(check(rules.noDeepImports, importing("@muster/protocol/testing"))).toEqual([]);
    expect(check(rules.noDeepImports, importing("@muster/protocol/other"))).toHaveLength(1);
  });

  it("are forbidden to tests too, but a test may use what stands under test/", () => {
    const importing = (specifier: string) => ({ "packages/server/src/a.test.ts": `import "${specifier}";` });
    expect(check(rules.noDeepImports, importing("../../protocol/src/catalog.ts"))).toHaveLength(1);
    expect(check(rules.noDeepImports, importing("../../../test/support.ts"))).toEqual([]);
  });
});

describe("undeclared packages", () => {
  it.each(["undici", "undici/types", "@scope/name", "@scope/name/deep", "vitest", "@muster/recorder"])(
    "are found in a source: %s",
    (specifier) => {
      const problems = check(rules.everyDependencyIsDeclared, {
        "packages/server/src/context.ts": `import "${specifier}";`,
      });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain("is not among the dependencies of packages/server/package.json");
    },
  );

  it("are not those that are loaded on demand and named as optional, nor peers, nor Node's own", () => {
    const file = "packages/server/package.json";
    const more = { optionalDependencies: { pg: "8.0.0" }, peerDependencies: { undici: "8.0.0" } };
    const source = 'await import("pg"); import "undici"; import "node:fs"; import "fs";';
    expect(
      check(rules.everyDependencyIsDeclared, {
        [file]: manifest("@muster/server", ["@muster/foundation", "@muster/protocol", "ws"], more),
        "packages/server/src/context.ts": source,
      }),
    ).toEqual([]);
  });

  it("are found in a test where neither its package nor the root has them", () => {
    const importing = (specifier: string) => ({ "packages/server/src/a.test.ts": `import "${specifier}";` });
    expect(check(rules.everyDependencyIsDeclared, importing("vitest"))).toEqual([]);
    expect(check(rules.everyDependencyIsDeclared, importing("ws"))).toEqual([]);
    expect(check(rules.everyDependencyIsDeclared, importing("supertest"))).toEqual([
      "packages/server/src/a.test.ts:1 imports supertest: supertest is neither in packages/server/package.json nor among the root's devDependencies",
    ]);
  });
});

describe("the libraries", () => {
  const client = { "packages/client/package.json": manifest("@muster/client", ["@muster/protocol", "zod", "ws"]) };

  it.each([
    ["node:crypto", "packages/client also runs in browsers, Bun and Deno"],
    ["fs/promises", "packages/client also runs in browsers, Bun and Deno"],
    ["zod", "from npm, packages/client imports zod/mini alone"],
    ["ws", "from npm, packages/client imports zod/mini alone"],
  ])("may not import %s", (specifier, rule) => {
    const files = { ...client, "packages/client/src/a.ts": `import "${specifier}";` };
    expect(check(rules.librariesAreNeutral, files)).toEqual([
      `packages/client/src/a.ts:1 imports ${specifier}: ${rule}`,
    ]);
  });

  it("may import schemas, protocol and themselves; their tests whatever they like", () => {
    const files = {
      ...client,
      "packages/client/src/a.ts": 'import "zod/mini"; import "@muster/protocol"; import "./b.ts";',
      "packages/client/src/a.test.ts": 'import "node:net"; import "ws";',
      "packages/client/src/transport.contract.ts": 'import "node:net";',
    };
    expect(check(rules.librariesAreNeutral, files)).toEqual([]);
  });
});

describe("the parts of the server", () => {
  const server = (path: string, source: string) => ({ [`packages/server/src/${path}`]: source });

  it.each([
    ["rest/a.ts", "../store/sqlite/open.ts", "rest may import group, ports, commands, auth"],
    ["rest/a.ts", "../dispatch/lanes.ts", "rest may import group, ports, commands, auth"],
    ["rest/a.ts", "../realtime/sockets.ts", "rest may import group, ports, commands, auth"],
    ["realtime/a.ts", "../store/sqlite/open.ts", "realtime may import group, ports, commands, auth"],
    ["admin/a.ts", "../dispatch/lanes.ts", "admin may import group, ports, commands, auth, apps, config"],
    ["commands/a.ts", "../rest/door.ts", "commands may import group, ports"],
    ["commands/a.ts", "../store/sqlite/open.ts", "commands may import group, ports"],
    ["commands/a.ts", "../dispatch/lanes.ts", "commands may import group, ports"],
    ["commands/a.ts", "@muster/foundation", "commands imports @muster/protocol and nothing else from outside"],
    ["commands/a.ts", "node:crypto", "commands imports @muster/protocol and nothing else from outside"],
    ["commands/a.ts", "ws", "commands imports @muster/protocol and nothing else from outside"],
    ["group/a.ts", "../ports/store.ts", "group may import no other part of the server"],
    ["group/a.ts", "../commands/destroy-group.ts", "group may import no other part of the server"],
    ["group/a.ts", "@muster/foundation", "group imports @muster/protocol and nothing else from outside"],
    ["ports/a.ts", "../commands/destroy-group.ts", "ports may import group"],
    ["ports/a.ts", "../store/sqlite/open.ts", "ports may import group"],
    ["ports/a.ts", "../ids.ts", "ports may import group"],
    ["ids.ts", "./commands/destroy-group.ts", "adapters may import group, ports"],
    ["rest/a.ts", "../ids.ts", "rest may import group, ports, commands, auth"],
    ["auth/a.ts", "../commands/destroy-group.ts", "auth may import group, ports"],
    ["auth/a.ts", "fastify", "auth imports @muster/protocol and nothing else from outside"],
    ["store/a.ts", "../commands/destroy-group.ts", "store may import group, ports"],
    ["store/a.ts", "../rest/door.ts", "store may import group, ports"],
    ["store/a.ts", "../dispatch/lanes.ts", "store may import group, ports"],
    ["dispatch/a.ts", "../store/sqlite/open.ts", "dispatch may import group, ports, addresses"],
    ["dispatch/a.ts", "../commands/destroy-group.ts", "dispatch may import group, ports, addresses"],
    ["dispatch/a.ts", "../config.ts", "dispatch may import group, ports, addresses"],
  ])("keep to themselves: %s may not import %s", (path, specifier, rule) => {
    for (const source of [`import "${specifier}";`, `import type { A } from "${specifier}";`]) {
      expect(check(rules.serverLayersPointInwards, server(path, source))).toEqual([
        `packages/server/src/${path}:1 imports ${specifier}: ${rule}`,
      ]);
    }
  });

  it("may know what is further in", () => {
    const files = {
      ...server(
        "rest/a.ts",
        'import "./door.ts"; import "../commands/a.ts"; import "../group/group.ts"; import "../ports/store.ts";',
      ),
      ...server(
        "commands/a.ts",
        'import "./destroy-group.ts"; import "../group/group.ts"; import "../app-settings.ts";',
      ),
      ...server(
        "store/a.ts",
        'import "../ports/store.ts"; import "../group/group.ts"; import "@muster/foundation"; import "node:fs";',
      ),
      ...server("ids.ts", 'import "./ports/store.ts"; import "node:crypto";'),
      ...server("dispatch/a.ts", 'import "../ports/store.ts"; import "./lanes.ts"; import "@muster/foundation";'),
    };
    expect(check(rules.serverLayersPointInwards, files)).toEqual([]);
  });

  it("meet in tests as they like", () => {
    const files = server("commands/a.test.ts", 'import "../store/sqlite/open.ts"; import "../rest/door.ts";');
    expect(check(rules.serverLayersPointInwards, files)).toEqual([]);
  });

  it("are all named", () => {
    expect(check(rules.serverLayersPointInwards, server("extra/a.ts", ""))).toEqual([
      "packages/server/src/extra/a.ts:1 is in no layer: serverLayers in test/architecture/rules.ts names them",
    ]);
  });
});

describe("app.ts", () => {
  it("is imported by nobody but the index and tests", () => {
    const source = 'import { startServer } from "../app.ts";';
    expect(check(rules.nobodyImportsTheApp, { "packages/server/src/rest/a.ts": source })).toEqual([
      "packages/server/src/rest/a.ts:1 imports ../app.ts: app.ts knows every part, so no part may know it",
    ]);
    expect(check(rules.nobodyImportsTheApp, { "packages/server/src/rest/a.test.ts": source })).toEqual([]);
  });
});

describe("circles", () => {
  it("are found between two files, types included", () => {
    const problems = check(rules.noCycles, {
      "packages/server/src/group/a.ts": 'import type { B } from "./b.ts";',
      "packages/server/src/group/b.ts": 'export type { A } from "./a.ts";',
    });
    expect(problems).toEqual([
      "packages/server/src/group/b.ts:1 imports ./a.ts: that closes a circle: server/group/a.ts → server/group/b.ts → server/group/a.ts",
    ]);
  });

  it("are found over several files and packages", () => {
    const problems = check(rules.noCycles, {
      "packages/protocol/src/catalog.ts": 'import { lanes } from "@muster/server";',
      "packages/server/src/app.ts": 'import "./rest/door.ts";',
      "packages/server/src/commands/destroy-group.ts": 'import { catalog } from "@muster/protocol";',
    });
    expect(problems).toEqual([
      "packages/server/src/commands/destroy-group.ts:1 imports @muster/protocol: that closes a circle: protocol/index.ts → protocol/catalog.ts → server/index.ts → server/app.ts → server/rest/door.ts → server/commands/destroy-group.ts → protocol/index.ts",
    ]);
  });

  it("are found in a file that imports itself", () => {
    expect(check(rules.noCycles, { "packages/server/src/ports/store.ts": 'import "./store.ts";' })).toHaveLength(1);
  });

  it("are not what two ways to the same file make", () => {
    const files = {
      "packages/server/src/group/a.ts": 'import "./b.ts"; import "./c.ts";',
      "packages/server/src/group/b.ts": 'import "./d.ts";',
      "packages/server/src/group/c.ts": 'import "./d.ts";',
      "packages/server/src/group/d.ts": "",
    };
    expect(check(rules.noCycles, files)).toEqual([]);
  });
});

describe("SQL", () => {
  it.each([
    ['"SELECT * FROM outbox"', "SELECT"],
    ["'INSERT INTO outbox VALUES (1)'", "INSERT INTO"],
    ["`\n  UPDATE outbox SET ${a} = 1`", "UPDATE"],
    ["`DELETE FROM ${table}`", "DELETE FROM"],
    ['"CREATE TABLE outbox (id)"', "CREATE TABLE"],
    ['"PRAGMA journal_mode = WAL"', "PRAGMA"],
  ])("is found outside the stores: %s", (sql, word) => {
    expect(check(rules.sqlStaysInStores, { "packages/server/src/dispatch/a.ts": `\nrun(${sql});` })).toEqual([
      `packages/server/src/dispatch/a.ts:2 says ${word}: SQL stands under store/, journal/, sqlite/ or postgres/`,
    ]);
  });

  it.each([
    "packages/server/src/store/sqlite/a.ts",
    "packages/recorder/src/journal/a.ts",
    "packages/foundation/src/sqlite/a.ts",
    "packages/server/src/rest/a.test.ts",
  ])("may stand in %s", (path) => {
    expect(check(rules.sqlStaysInStores, { [path]: 'run("SELECT 1");' })).toEqual([]);
  });

  it.each(["// SELECT 1", "/* DELETE FROM a */", 'say("please select one")', "const SELECT = 1;", 'say("UPDATED")'])(
    "is not: %s",
    (source) => {
      expect(check(rules.sqlStaysInStores, { "packages/server/src/rest/a.ts": source })).toEqual([]);
    },
  );
});

describe("the edges", () => {
  const touched = (source: string) => check(rules.edgesAreHandedIn, { "packages/server/src/commands/a.ts": source });

  it.each([
    ["process.env.HOME", "process.env", "environment"],
    ["process\n  .env", "process\n  .env", "environment"],
    ['process["env"]', "process[", "environment"],
    ["const now = Date.now;", "Date.now", "clock"],
    ["a(Date.now())", "Date.now", "clock"],
    ["new Date()", "new Date", "clock"],
    ["new Date( )", "new Date", "clock"],
    ["new Date", "new Date", "clock"],
    ["const text = Date();", "Date(", "clock"],
    ["Math.random()", "Math.random", "chance"],
    ["setTimeout(f, 1)", "setTimeout", "timer"],
    ["a = { timer: setInterval }", "setInterval", "timer"],
    ["globalThis.setTimeout(f, 1)", "globalThis.setTimeout", "timer"],
    ["a(`${Date.now()}`)", "Date.now", "clock"],
  ])("are found: %j", (source, what, edge) => {
    expect(touched(`\n${source}`)).toEqual([
      `packages/server/src/commands/a.ts:2 touches ${what}: the ${edge} is handed in; the files that touch it are edgeFiles in test/architecture/rules.ts`,
    ]);
  });

  it.each(["node:timers", "node:timers/promises", "node:process"])(
    "are found where they are imported: %s",
    (module) => {
      expect(touched(`import x from "${module}";`)).toHaveLength(1);
    },
  );

  it.each([
    "new Date(millis)",
    'new Date("2022-12-09")',
    "clock.now()",
    "socket.setTimeout(1000)",
    "clearTimeout(timer)",
    "// Date.now()",
    'say("Math.random()")',
    "process.exit(1)",
    "toDate(1)",
    "Math.randomize()",
    "type Made = Date;",
  ])("are not: %s", (source) => {
    expect(touched(source)).toEqual([]);
  });

  it("are where the table says, for what it says", () => {
    const source = "Date.now(); setTimeout(f); Math.random(); process.env;";
    const count = (path: string) => check(rules.edgesAreHandedIn, { [path]: source }).length;
    expect(count("packages/server/src/app.ts")).toBe(0);
    expect(count("packages/recorder/src/app.ts")).toBe(0);
    expect(count("packages/cli/src/commands/dev.ts")).toBe(0);
    expect(count("packages/server/src/config.ts")).toBe(2);
    expect(count("packages/foundation/src/clock.ts")).toBe(2);
    expect(count("packages/server/src/clock.ts")).toBe(4);
    expect(count("packages/server/src/rest/app.ts")).toBe(4);
    expect(count("packages/server/src/rest/a.test.ts")).toBe(0);
  });

  it("have a reason each", () => {
    expect(rules.edgeFiles.filter(({ why }) => why.length < 20)).toEqual([]);
  });
});

describe("names", () => {
  it.each([
    ["packages/server/src/utils.ts", 'is named "utils": a name says what is in the file'],
    ["packages/server/src/rest/helpers/parse.ts", 'is named "helpers": a name says what is in the file'],
    ["packages/server/src/group-manager.ts", 'is named "manager": a name says what is in the file'],
    ["packages/server/src/rest-service.test.ts", 'is named "service": a name says what is in the file'],
    ["packages/server/src/common/a.ts", 'is named "common": a name says what is in the file'],
    ["packages/server/src/destroyGroup.ts", 'is named "destroyGroup": names are in kebab-case'],
    ["packages/server/src/Store.ts", 'is named "Store": names are in kebab-case'],
    ["apps/console/src/GroupList.tsx", 'is named "GroupList": names are in kebab-case'],
  ])("%s: %s", (path, problem) => {
    expect(check(rules.namesSaySomething, { [path]: "" })).toEqual([`${path}:1 ${problem}`]);
  });

  it.each(["store/store.contract.ts", "sqlite/v2.ts", "destroy-group.test-d.ts", "a1-b2.ts", "commonplace.ts"])(
    "%s is a good one",
    (name) => {
      expect(check(rules.namesSaySomething, { [`packages/server/src/${name}`]: "" })).toEqual([]);
    },
  );
});
