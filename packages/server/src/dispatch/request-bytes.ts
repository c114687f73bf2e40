/** What would end a line, or is not a byte. */
const NOT_IN_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const NOT_IN_A_PATH = /[^\x21-\x7e]/;

/** Headers beside those that tell where a request begins and ends; their names are the caller's own. */
export type OwnHeaders = Readonly<Record<string, string>>;

/**
 * How a POST begins, HTTP/1.1 over a connection that is kept: what is alike for many is made once.
 * @param path with its query
 * @throws {TypeError} where a value would be more than one
 */
export function requestBeginning(host: string, path: string, headers: OwnHeaders): string {
  if (NOT_IN_A_PATH.test(path)) throw new TypeError("the path cannot be written into a request");
  return `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${headerLines(headers)}`;
}

/**
 * A POST as it is written.
 * @param beginning see `requestBeginning`
 * @throws {TypeError} where a value would be more than one, before anything is sent
 */
export function requestBytes(beginning: string, headers: OwnHeaders, body: Uint8Array): Buffer {
  const head = `${beginning}${headerLines(headers)}content-length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, "latin1");
  bytes.set(body, head.length);
  return bytes;
}

function headerLines(headers: OwnHeaders): string {
  let lines = "";
  for (const name in headers) {
    const value = headers[name] ?? "";
    if (NOT_IN_A_VALUE.test(value)) throw new TypeError(`the header ${name} cannot be written into a request`);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
