/** Lanes are spread over so many shards; whoever has a shard delivers its lanes. It is written into rows: never changed. */
export const SHARDS = 64;

/** The shard of a lane: FNV-1a over its app and its name. */
export function shardOf(app: number, lane: string): number {
  let hash = 0x811c9dc5;
  const text = `${app} ${lane}`;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // The low bits alone mix too little.
  return ((hash >>> 16) ^ (hash & 0xffff)) % SHARDS;
}
