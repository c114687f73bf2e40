import { describe, expect, it } from "vitest";

import { readProject } from "./architecture/project.ts";
import { readRepository } from "./architecture/read-repository.ts";
import * as rules from "./architecture/rules.ts";

const project = readProject(readRepository());

/** Every violation in a line of its own, so that a failure shows file, line, import and rule. */
const violations = (rule: rules.Rule): string[] => rule(project).map(rules.tell);

describe("the repository", () => {
  it("was read: every package, with its imports", () => {
    expect([...project.manifests.keys()]).toEqual(
      expect.arrayContaining([
        ".",
        ...Object.keys(rules.packageDirections).filter((home) => home.startsWith("packages/")),
      ]),
    );
    expect(project.sources.get("packages/protocol/src/catalog.ts")?.imports.length).toBeGreaterThan(24);
  });

  it("has packages that import only those below them", () => {
    expect(violations(rules.packagesPointOneWay)).toEqual([]);
  });

  it("has no imports into the inside of another package", () => {
    expect(violations(rules.noDeepImports)).toEqual([]);
  });

  it("declares every package that it imports, where it imports it", () => {
    expect(violations(rules.everyDependencyIsDeclared)).toEqual([]);
  });

  it("has no Node.js in the libraries", () => {
    expect(violations(rules.librariesAreNeutral)).toEqual([]);
  });

  it("has a server whose parts point inwards", () => {
    expect(violations(rules.serverLayersPointInwards)).toEqual([]);
  });

  it("has no part that knows app.ts", () => {
    expect(violations(rules.nobodyImportsTheApp)).toEqual([]);
  });

  it("has no circles of imports", () => {
    expect(violations(rules.noCycles)).toEqual([]);
  });

  it("has SQL only where the database is", () => {
    expect(violations(rules.sqlStaysInStores)).toEqual([]);
  });

  it("touches environment, clock, chance and timers only at its edges", () => {
    expect(violations(rules.edgesAreHandedIn)).toEqual([]);
  });

  it("has names that say something", () => {
    expect(violations(rules.namesSaySomething)).toEqual([]);
  });
});
