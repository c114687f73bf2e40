import { closeSync, constants, fstatSync, ftruncateSync, fsyncSync, openSync, readSync } from "node:fs";
import { open, readdir, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

import { makeFolder } from "@muster/foundation";

/** Owner writes, group reads: what ships or reads the files is seldom the recorder's own user. */
const MODE = 0o640;
/** Bytes that are read in one go, from the end of a file, when its last whole line is looked for. */
const CHUNK = 65_536;
const LINE_BREAK = 0x0a;

const filePattern = /^events-(\d{6,})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.jsonl$/;

/** The file that is being written. */
interface CurrentFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Its number: the next one has a higher one. */
  readonly number: number;
  /** When it was begun, in ms since 1970. */
  readonly begunAt: number;
  size: number;
}

/** Files of lines in a folder: `events-000001-20261122T110000Z.jsonl`, the highest number is being written. */
export interface RotatingFiles {
  /** Appends lines; resolves when they are on disk. */
  append(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** When another file is begun. */
export interface RotationSettings {
  readonly folder: string;
  /** Once the file has so many bytes. */
  readonly rotateBytes: number;
  /** Once it was begun so long ago, in ms. */
  readonly rotateAfter: number;
}

/**
 * Opens the folder, and makes it where there is none. Half a line at the end of its last file, as a crash leaves it, is
 * cut off; where that fails, the first `append` tries again and says why.
 */
export async function openRotatingFiles(settings: RotationSettings, now: () => number): Promise<RotatingFiles> {
  const { folder, rotateBytes, rotateAfter } = settings;
  let current: CurrentFile | undefined;

  async function latest(): Promise<CurrentFile | undefined> {
    makeFolder(folder);
    const names = await readdir(folder);
    const [last] = names.flatMap((name) => numberOf(name) ?? []).toSorted((a, b) => b.number - a.number);
    if (!last) return undefined;
    const path = join(folder, last.name);
    const size = cutHalfLine(path);
    return { path, handle: await open(path, "a"), number: last.number, begunAt: last.begunAt, size };
  }

  async function begin(number: number): Promise<CurrentFile> {
    makeFolder(folder);
    const begunAt = now();
    const path = join(folder, nameOf(number, begunAt));
    const handle = await open(path, "ax", MODE);
    try {
      await syncFolder(folder);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return { path, handle, number, begunAt, size: 0 };
  }

  /** Whether another is to be begun: it is large or old, or somebody has taken it away, and what is appended with it. */
  async function isOver(file: CurrentFile): Promise<boolean> {
    if (file.size > 0 && (file.size >= rotateBytes || now() - file.begunAt >= rotateAfter)) return true;
    const [opened, there] = await Promise.all([file.handle.stat(), stat(file.path).catch(() => undefined)]);
    return there?.ino !== opened.ino;
  }

  async function writable(): Promise<CurrentFile> {
    current ??= (await latest()) ?? (await begin(1));
    if (await isOver(current)) {
      const { handle, number } = current;
      current = await begin(number + 1);
      await handle.close();
    }
    return current;
  }

  async function letGo(): Promise<void> {
    const handle = current?.handle;
    current = undefined;
    await handle?.close();
  }

  current = await latest().catch(() => undefined);
  return {
    async append(lines) {
      const file = await writable();
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
      try {
        await file.handle.appendFile(bytes);
        await file.handle.datasync();
        file.size += bytes.byteLength;
      } catch (error) {
        // Opened anew, half a line is cut off.
        await letGo().catch(() => undefined);
        throw error;
      }
    },
    close: letGo,
  };
}

function nameOf(number: number, begunAt: number): string {
  const time = new Date(begunAt).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return `events-${String(number).padStart(6, "0")}-${time}.jsonl`;
}

function numberOf(
  name: string,
): { readonly name: string; readonly number: number; readonly begunAt: number } | undefined {
  const [, number, year, month, day, hour, minute, second] = filePattern.exec(name) ?? [];
  if (number === undefined) return undefined;
  return { name, number: Number(number), begunAt: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) };
}

/** Cuts off what is behind the last line break, and returns the size that is left. */
function cutHalfLine(path: string): number {
  const fd = openSync(path, constants.O_RDWR);
  try {
    const { size } = fstatSync(fd);
    let whole = 0;
    for (let end = size; end > 0 && whole === 0; end -= CHUNK) {
      const start = Math.max(end - CHUNK, 0);
      const chunk = Buffer.alloc(end - start);
      readSync(fd, chunk, 0, chunk.length, start);
      whole = start + chunk.lastIndexOf(LINE_BREAK) + 1;
      if (whole === start) whole = 0;
    }
    if (whole < size) {
      ftruncateSync(fd, whole);
      fsyncSync(fd);
    }
    return whole;
  } finally {
    closeSync(fd);
  }
}

/** A new file is there after a crash only once its folder is on disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
