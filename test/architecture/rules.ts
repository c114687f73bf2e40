import { isBuiltin } from "node:module";

import { homeOf, packageOf, type Import, type Project, type SourceFile } from "./project.ts";

export interface Violation {
  readonly file: string;
  readonly line: number;
  /** What the file does there. */
  readonly does: string;
  /** The rule that forbids it, and what to do instead where that is not plain. */
  readonly rule: string;
}

export type Rule = (project: Project) => Violation[];

/** A violation in one line, for the message of a test. */
export function tell({ file, line, does, rule }: Violation): string {
  return `${file}:${line} ${does}: ${rule}`;
}

/** Which packages of ours each package may import. A folder that is not here is a violation by itself. */
export const packageDirections: Readonly<Record<string, readonly string[]>> = {
  "packages/protocol": [],
  "packages/foundation": [],
  "packages/receiver": ["@muster/protocol"],
  "packages/client": ["@muster/protocol"],
  "packages/server": ["@muster/foundation", "@muster/protocol"],
  "packages/recorder": ["@muster/foundation", "@muster/protocol", "@muster/receiver"],
  "packages/cli": [
    "@muster/client",
    "@muster/foundation",
    "@muster/protocol",
    "@muster/receiver",
    "@muster/recorder",
    "@muster/server",
  ],
  "apps/console": ["@muster/client", "@muster/protocol"],
};

/** Packages that also run in browsers, Bun and Deno: they have schemas, and nothing else, from outside. */
const neutralPackages: ReadonlySet<string> = new Set(["packages/protocol", "packages/receiver", "packages/client"]);
const neutralImports: ReadonlySet<string> = new Set(["zod/mini"]);

/** Packages import only those below them, and declare no others. */
export const packagesPointOneWay: Rule = ({ sources, manifests }) => {
  const homes = [...manifests.keys()].filter((home) => home !== ".");
  const ours = new Set(homes.map((home) => manifests.get(home)?.name));
  const wrong = (home: string, name: string): string | undefined => {
    const allowed = packageDirections[home] ?? [];
    if (!ours.has(name) || allowed.includes(name)) return undefined;
    return `${home} may import ${allowed.length > 0 ? allowed.join(", ") : "no package of ours"}`;
  };
  return homes.flatMap((home) => {
    const file = `${home}/package.json`;
    if (!packageDirections[home]) {
      return [
        { file, line: 1, does: "has no direction", rule: "packageDirections in test/architecture/rules.ts says it" },
      ];
    }
    const declared = [...(manifests.get(home)?.dependencies ?? [])].flatMap((name) => {
      const rule = wrong(home, name);
      return rule === undefined ? [] : [{ file, line: 1, does: `depends on ${name}`, rule }];
    });
    const imported = eachImport(sources, (source, { specifier }) =>
      source.home === home ? wrong(home, packageOf(specifier)) : undefined,
    );
    return [...declared, ...imported];
  });
};

/** Nobody reaches into another package, or out of its own. */
export const noDeepImports: Rule = ({ sources, manifests }) =>
  eachImport(sources, ({ home, isTest }, { specifier, target }) => {
    if (specifier.startsWith(".")) {
      const other = homeOf(target ?? "");
      if (other === home) return undefined;
      if (other === undefined && isTest) return undefined;
      return other === undefined ? "a source imports nothing outside its package" : `import what ${other} exports`;
    }
    const manifest = [...manifests.values()].find(({ name }) => name === packageOf(specifier));
    if (!manifest) return undefined;
    return manifest.exports.has(`.${specifier.slice(manifest.name.length)}`)
      ? undefined
      : `${manifest.name} exports ${[...manifest.exports.keys()].join(", ")}`;
  });

/** What a package imports, it declares: else it works here and nowhere else. */
export const everyDependencyIsDeclared: Rule = ({ sources, manifests }) => {
  const root = manifests.get(".");
  return eachImport(sources, ({ home, isTest }, { specifier }) => {
    if (specifier.startsWith(".") || isBuiltin(specifier)) return undefined;
    const own = manifests.get(home);
    const name = packageOf(specifier);
    if (own?.dependencies.has(name) || own?.name === name) return undefined;
    if (isTest && [own, root].some((manifest) => manifest?.devDependencies.has(name))) return undefined;
    return isTest
      ? `${name} is neither in ${home}/package.json nor among the root's devDependencies`
      : `${name} is not among the dependencies of ${home}/package.json`;
  });
};

/** The libraries run everywhere: no Node.js in them, nothing from npm but schemas. */
export const librariesAreNeutral: Rule = ({ sources }) =>
  eachImport(sources, ({ home, isTest }, { specifier }) => {
    if (isTest || !neutralPackages.has(home) || specifier.startsWith(".")) return undefined;
    if (isBuiltin(specifier)) return `${home} also runs in browsers, Bun and Deno`;
    if (neutralImports.has(specifier) || packageDirections[home]?.includes(packageOf(specifier))) return undefined;
    return `from npm, ${home} imports ${[...neutralImports].join(", ")} alone`;
  });

/** A part of the server, and what its files may import besides one another. */
interface Layer {
  readonly name: string;
  /** Matches the files' paths under packages/server/src. */
  readonly files: RegExp;
  readonly layers: readonly string[];
  /** Packages that it may import: those named, or `any` that is declared. */
  readonly packages: readonly string[] | "any";
}

const rulesOnly = ["@muster/protocol"];
const parts = [
  "group",
  "addresses",
  "ports",
  "adapters",
  "commands",
  "store",
  "dispatch",
  "metrics",
  "auth",
  "apps",
  "rest",
  "realtime",
  "admin",
  "config",
];

/**
 * The server from the inside out: what is further up knows nothing of what is further down. `ports` is the folder
 * with the files at the top, but those that stand there as `adapters`: what makes or shows something in one
 * file, known to `app.ts` alone. rest, realtime and admin are the doors. `app.ts` puts the parts together, and is
 * in nobody's list but the index's. The first entry that fits a file counts.
 */
export const serverLayers: readonly Layer[] = [
  { name: "group", files: /^group\//, layers: [], packages: rulesOnly },
  {
    name: "adapters",
    files: /^(?:health|ids|open-telemetry|console-page)\.ts$/,
    layers: ["group", "ports"],
    packages: "any",
  },
  { name: "addresses", files: /^address-guard\.ts$/, layers: [], packages: "any" },
  {
    name: "ports",
    files:
      /^(?:ports\/|(?!(?:app|config|index|quantity-settings|tls-settings|network-settings|forbidden-literal)\.ts$)[^/]+$)/,
    layers: ["group"],
    packages: rulesOnly,
  },
  { name: "commands", files: /^commands\//, layers: ["group", "ports"], packages: rulesOnly },
  { name: "store", files: /^store\//, layers: ["group", "ports"], packages: "any" },
  { name: "dispatch", files: /^dispatch\//, layers: ["group", "ports", "addresses"], packages: "any" },
  { name: "metrics", files: /^metrics\//, layers: ["group", "ports"], packages: "any" },
  { name: "auth", files: /^auth\//, layers: ["group", "ports"], packages: rulesOnly },
  { name: "apps", files: /^apps\//, layers: ["group", "ports", "config"], packages: "any" },
  { name: "rest", files: /^rest\//, layers: ["group", "ports", "commands", "auth"], packages: "any" },
  { name: "realtime", files: /^realtime\//, layers: ["group", "ports", "commands", "auth"], packages: "any" },
  {
    name: "admin",
    files: /^admin\//,
    layers: ["group", "ports", "commands", "auth", "apps", "config"],
    packages: "any",
  },
  {
    name: "config",
    files: /^(?:config|quantity-settings|tls-settings|network-settings|forbidden-literal)\.ts$/,
    layers: ["group", "ports", "addresses"],
    packages: "any",
  },
  { name: "app", files: /^app\.ts$/, layers: parts, packages: "any" },
  { name: "index", files: /^index\.ts$/, layers: [...parts, "app"], packages: "any" },
];

const SERVER = "packages/server/src/";

function layerOf(path: string): Layer | undefined {
  if (!path.startsWith(SERVER)) return undefined;
  return serverLayers.find(({ files }) => files.test(path.slice(SERVER.length)));
}

/** Inside the server: doors → commands → rules; the store and the dispatcher stand beside, behind ports. */
export const serverLayersPointInwards: Rule = ({ sources }) => {
  const stray = [...sources.keys()]
    .filter((path) => path.startsWith(SERVER) && !layerOf(path))
    .map((file) => ({
      file,
      line: 1,
      does: "is in no layer",
      rule: "serverLayers in test/architecture/rules.ts names them",
    }));
  const crossing = eachImport(sources, ({ path, isTest }, { specifier, target }) => {
    const layer = layerOf(path);
    if (!layer || isTest) return undefined;
    if (!specifier.startsWith(".")) {
      if (layer.packages === "any" || layer.packages.includes(packageOf(specifier))) return undefined;
      return `${layer.name} imports ${layer.packages.join(", ")} and nothing else from outside`;
    }
    const other = layerOf(target ?? "");
    if (!other || other === layer || layer.layers.includes(other.name)) return undefined;
    return `${layer.name} may import ${layer.layers.length > 0 ? layer.layers.join(", ") : "no other part of the server"}`;
  });
  return [...stray, ...crossing];
};

/** The file that knows every part is known to none: `app.ts` is imported by its package's index and by tests. */
export const nobodyImportsTheApp: Rule = ({ sources }) =>
  eachImport(sources, ({ path, home, isTest }, { target }) =>
    !isTest && target === `${home}/src/app.ts` && path !== `${home}/src/index.ts`
      ? "app.ts knows every part, so no part may know it"
      : undefined,
  );

/** Files do not import one another in a circle, types included. */
export const noCycles: Rule = ({ sources }) => {
  const violations: Violation[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    if (done.has(path)) return;
    trail.push(path);
    for (const { target, line, specifier } of sources.get(path)?.imports ?? []) {
      if (target === undefined || !sources.has(target)) continue;
      const since = trail.indexOf(target);
      if (since === -1) {
        visit(target);
      } else {
        const circle = [...trail.slice(since), target]
          .map((file) => file.replace(/^packages\/|src\//g, ""))
          .join(" → ");
        violations.push({ file: path, line, does: importing(specifier), rule: `that closes a circle: ${circle}` });
      }
    }
    trail.pop();
    done.add(path);
  };
  for (const path of sources.keys()) visit(path);
  return violations;
};

const SQL = /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|PRAGMA)\b/;

/** SQL stands where the database is. */
export const sqlStaysInStores: Rule = ({ sources }) =>
  [...sources.values()]
    .filter(({ path, isTest }) => !isTest && !/\/(?:store|journal|sqlite|postgres)\//.test(path))
    .flatMap(({ path, texts }) =>
      texts.flatMap(({ text, line }) => {
        const found = SQL.exec(text)?.[0];
        return found === undefined
          ? []
          : [
              {
                file: path,
                line,
                does: `says ${found}`,
                rule: "SQL stands under store/, journal/, sqlite/ or postgres/",
              },
            ];
      }),
    );

type Edge = "environment" | "clock" | "chance" | "timer";

/** What comes from outside without being imported, and how it looks in code. */
const edges: readonly { readonly edge: Edge; readonly looks: RegExp }[] = [
  { edge: "environment", looks: /\bprocess\s*\??\.\s*env\b|\bprocess\s*\[/g },
  { edge: "clock", looks: /\bDate\s*\??\.\s*now\b|\bnew\s+Date\b(?!\s*\(\s*[^\s)])|(?<![.\w$]|new\s+)Date\s*\(/g },
  { edge: "chance", looks: /\bMath\s*\??\.\s*random\b/g },
  { edge: "timer", looks: /(?:(?<![.\w$])|\bglobalThis\s*\.\s*)set(?:Timeout|Interval)\b/g },
];

/** Modules through which the same comes by import. */
const edgeModules: Readonly<Record<string, Edge>> = {
  "node:process": "environment",
  "node:timers": "timer",
  "node:timers/promises": "timer",
};

/** Where the environment, the clock, chance and timers may be touched, and why; everywhere else they are handed in. */
export const edgeFiles: readonly { readonly files: RegExp; readonly edges: readonly Edge[]; readonly why: string }[] = [
  {
    files: /^packages\/[^/]+\/src\/app\.ts$/,
    edges: ["environment", "clock", "chance", "timer"],
    why: "puts the parts together and hands them the time and chance",
  },
  {
    files: /^packages\/(?:.*\/)?config\.ts$/,
    edges: ["environment", "clock"],
    why: "makes one configuration of file, environment and flags",
  },
  {
    files: /^packages\/cli\//,
    edges: ["environment", "clock", "chance", "timer"],
    why: "is the edge: a person's terminal and a process",
  },
  {
    files: /^packages\/foundation\/src\/(?:.*\/)?clock\.ts$/,
    edges: ["clock", "timer"],
    why: "is the clock that is handed in",
  },
  {
    files: /^packages\/receiver\/src\/(create-receiver|by-timer)\.ts$/,
    edges: ["clock", "timer", "chance"],
    why: "is a library's entrance: the machine's clock, timers and chance, where its user hands none in",
  },
  {
    files: /^packages\/receiver\/src\/testing\//,
    edges: ["clock", "timer"],
    why: "is for tests: what it sends is signed now, where nothing else is said",
  },
  {
    files: /^packages\/receiver\/src\/adapters\/read-body\.ts$/,
    edges: ["timer"],
    why: "is a library's entrance: the runtime's timers, for those who send slowly",
  },
  {
    files: /^packages\/client\/src\/client\.ts$/,
    edges: ["timer", "chance"],
    why: "is a library's entrance: the runtime's timers, and chance, so that clients do not come back all at once",
  },
  {
    files: /^apps\/console\//,
    edges: ["clock", "timer"],
    why: "is the edge: a person's browser",
  },
  {
    files: /^packages\/foundation\/src\/(?:postgres\/(?:check-usable|create-pool|session)|sqlite\/group-commit)\.ts$/,
    edges: ["timer"],
    why: "waits for a database, which keeps to no clock that is handed in",
  },
  {
    files: /^packages\/(?:server\/src\/dispatch\/guarded-connector|foundation\/src\/http\/linger-before-close)\.ts$/,
    edges: ["timer"],
    why: "waits for a socket, which keeps to no clock that is handed in",
  },
  {
    files: /^packages\/foundation\/src\/watch-files\.ts$/,
    edges: ["timer"],
    why: "looks at files, which change by no clock that is handed in",
  },
  {
    files: /^packages\/foundation\/src\/run-program\.ts$/,
    edges: ["timer"],
    why: "ends a process that does not stop, when nothing else of it may run any more",
  },
];

/** Time, chance and environment are handed in, so that tests can be in charge of them. */
export const edgesAreHandedIn: Rule = ({ sources }) => {
  const mayTouch = (path: string, edge: Edge): boolean =>
    edgeFiles.some(({ files, edges: allowed }) => files.test(path) && allowed.includes(edge));
  const rule = (edge: Edge): string =>
    `the ${edge} is handed in; the files that touch it are edgeFiles in test/architecture/rules.ts`;
  return [...sources.values()]
    .filter(({ isTest }) => !isTest)
    .flatMap(({ path, code, imports }) => [
      ...edges.flatMap(({ edge, looks }) =>
        mayTouch(path, edge)
          ? []
          : [...code.matchAll(looks)].map((match) => ({
              file: path,
              line: code.slice(0, match.index).split("\n").length,
              does: `touches ${match[0]}`,
              rule: rule(edge),
            })),
      ),
      ...imports.flatMap(({ specifier, line }) => {
        const edge = edgeModules[specifier];
        return edge === undefined || mayTouch(path, edge)
          ? []
          : [{ file: path, line, does: importing(specifier), rule: rule(edge) }];
      }),
    ]);
};

const EMPTY_WORDS = /^(?:utils?|commons?|helpers?|managers?|services?)$/;

/** Files are named after what they export, in kebab-case. */
export const namesSaySomething: Rule = ({ sources }) =>
  [...sources.values()].flatMap(({ path, home }) => {
    const names = path
      .slice(`${home}/src/`.length)
      .replace(/\.tsx?$/, "")
      .split("/");
    const violation = (does: string, rule: string) => [{ file: path, line: 1, does, rule }];
    const empty = names.flatMap((part) => part.split(/[-._]/)).find((word) => EMPTY_WORDS.test(word));
    if (empty !== undefined) return violation(`is named "${empty}"`, "a name says what is in the file");
    const odd = names.find((part) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)*$/.test(part));
    return odd === undefined ? [] : violation(`is named "${odd}"`, "names are in kebab-case");
  });

function importing(specifier: string): string {
  return `imports ${specifier}`;
}

/** The violations among all imports, where `judge` says which rule one breaks. */
function eachImport(
  sources: ReadonlyMap<string, SourceFile>,
  judge: (file: SourceFile, imported: Import) => string | undefined,
): Violation[] {
  return [...sources.values()].flatMap((file) =>
    file.imports.flatMap((imported) => {
      const rule = judge(file, imported);
      return rule === undefined
        ? []
        : [{ file: file.path, line: imported.line, does: importing(imported.specifier), rule }];
    }),
  );
}
