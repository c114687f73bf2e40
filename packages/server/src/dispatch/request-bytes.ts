/** What would end a line, or is not a byte. */
const NOT_IN_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const NOT_IN_A_PATH = /[^\x21-\x7e]/;

/**
 * A POST as it is written: HTTP/1.1 over a connection that is kept.
 * @param path with its query
 * @param headers beside those that tell where the request begins and ends; their names are the caller's own
 * @throws {TypeError} where a value would be more than one, before anything is sent
 */
export function requestBytes(
  host: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Buffer {
  if (NOT_IN_A_PATH.test(path)) throw new TypeError("the path cannot be written into a request");
  let head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? "";
    if (NOT_IN_A_VALUE.test(value)) throw new TypeError(`the header ${name} cannot be written into a request`);
    head += `${name}: ${value}\r\n`;
  }
  head += `content-length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, "latin1");
  bytes.set(body, head.length);
  return bytes;
}
