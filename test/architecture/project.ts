import { posix } from "node:path";

import { lineAt, scan, type Text } from "./scan.ts";

/** A repository's files, by their paths from its root, with what they hold. */
export type Files = ReadonlyMap<string, string>;

export interface Import {
  /** As it is written. */
  readonly specifier: string;
  readonly line: number;
  /** The file of this repository that it leads to, as far as that can be told; absent for what comes from outside. */
  readonly target?: string;
}

export interface SourceFile {
  readonly path: string;
  /** The folder of its package, for instance `packages/server`. */
  readonly home: string;
  /** Tests, and suites that tests are made of: they may do what sources may not. */
  readonly isTest: boolean;
  readonly imports: readonly Import[];
  /** The source without comments and without what stands inside texts. */
  readonly code: string;
  readonly texts: readonly (Text & { readonly line: number })[];
}

interface Manifest {
  readonly name: string;
  /** What is there when the package is installed. */
  readonly dependencies: ReadonlySet<string>;
  /** What is there besides while it is developed. */
  readonly devDependencies: ReadonlySet<string>;
  /** What may be imported of the package, from `.` on, and the file that it leads to where that is one. */
  readonly exports: ReadonlyMap<string, string | undefined>;
}

export interface Project {
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** By the packages' folders; the root's is `.`. */
  readonly manifests: ReadonlyMap<string, Manifest>;
}

/** The folder of the package that a file belongs to, or `undefined` where it belongs to none. */
export function homeOf(path: string): string | undefined {
  return /^(?:packages|apps)\/[^/]+(?=\/)/.exec(path)?.[0];
}

/** The npm package that a specifier names: `zod/mini` is of `zod`, `@muster/protocol` of itself. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Reads a repository: the sources of its packages and apps, and every package.json. */
export function readProject(files: Files): Project {
  const manifests = new Map<string, Manifest>();
  for (const [path, content] of files) {
    if (posix.basename(path) === "package.json") manifests.set(posix.dirname(path), readManifest(content));
  }
  const sources = new Map<string, SourceFile>();
  for (const [path, content] of files) {
    const home = homeOf(path);
    if (home !== undefined && path.startsWith(`${home}/src/`) && /\.tsx?$/.test(path)) {
      sources.set(path, readSource(path, home, content, manifests));
    }
  }
  return { sources, manifests };
}

function readManifest(content: string): Manifest {
  const manifest = fieldsOf(JSON.parse(content));
  const names = (...fields: string[]) => new Set(fields.flatMap((field) => Object.keys(fieldsOf(manifest[field]))));
  const file = (exported: unknown) => (typeof exported === "string" ? posix.normalize(exported) : undefined);
  return {
    name: typeof manifest["name"] === "string" ? manifest["name"] : "",
    dependencies: names("dependencies", "peerDependencies", "optionalDependencies"),
    devDependencies: names("devDependencies"),
    exports: new Map(Object.entries(fieldsOf(manifest["exports"])).map(([name, exported]) => [name, file(exported)])),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function readSource(path: string, home: string, content: string, manifests: ReadonlyMap<string, Manifest>): SourceFile {
  const { code, texts } = scan(content);
  return {
    path,
    home,
    isTest: /\.(?:test|contract|test-d)\.tsx?$/.test(path),
    imports: importsIn(code, texts).map(({ text: specifier, start }) => {
      const target = targetOf(path, specifier, manifests);
      return { specifier, line: lineAt(content, start), ...(target === undefined ? {} : { target }) };
    }),
    code,
    texts: texts.map((text) => ({ ...text, line: lineAt(content, text.start) })),
  };
}

/** `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")`, `require("x")`, up to the quote. */
const importForms = [
  /(?<![.\w$])(?:import|export)(?![\w$])[\w$*{},\s]*?(?<![\w$])from\s*(?=["'])/g,
  /(?<![.\w$])import\s*(?=["'])/g,
  /(?<![.\w$])(?:import|require)\s*\(\s*(?=["'`])/g,
];

function importsIn(code: string, texts: readonly Text[]): Text[] {
  const quotes = new Set(
    importForms.flatMap((form) => [...code.matchAll(form)].map((match) => match.index + match[0].length)),
  );
  return texts.filter(({ start }) => quotes.has(start));
}

function targetOf(from: string, specifier: string, manifests: ReadonlyMap<string, Manifest>): string | undefined {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier);
  for (const [home, { name, exports }] of manifests) {
    if (name === packageOf(specifier)) {
      const exported = exports.get(`.${specifier.slice(name.length)}`);
      return exported === undefined ? undefined : posix.join(home, exported);
    }
  }
  return undefined;
}
