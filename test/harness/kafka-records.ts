/** A record as it stood in a batch. */
export interface KafkaRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where the parts of a record batch (version 2) are, in bytes. */
const MAGIC = 16;
const CRC = 17;
const ATTRIBUTES = 21;
const COUNT = 57;
const RECORDS = 61;

/**
 * Reads a record batch as a broker does: its version and checksum must be right, its records uncompressed.
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export function readRecords(batch: Buffer): KafkaRecord[] {
  if (batch.readInt8(MAGIC) !== 2) throw new Error("the batch is not of version 2");
  if ((batch.readInt16BE(ATTRIBUTES) & 7) !== 0) throw new Error("the batch is compressed");
  if (batch.readUInt32BE(CRC) !== crc32c(batch.subarray(ATTRIBUTES))) throw new Error("the checksum is wrong");
  let at = RECORDS;

  /** A number in zigzag, 7 bits a byte. */
  function varint(): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = batch.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number((value >> 1n) ^ -(value & 1n));
    }
  }

  function text(): string {
    const length = varint();
    at += Math.max(length, 0);
    return batch.toString("utf8", at - Math.max(length, 0), at);
  }

  return Array.from({ length: batch.readInt32BE(COUNT) }, () => {
    varint(); // the record's length
    at += 1; // its attributes
    varint(); // its time, from the batch's first
    varint(); // its offset, from the batch's first
    const [key, value] = [text(), text()];
    const headers = Object.fromEntries(Array.from({ length: varint() }, () => [text(), text()]));
    return { key, value, headers };
  });
}

/** CRC-32C (Castagnoli). */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
