/**
 * The multipart body of an upload, made piece by piece so that no file is held in memory.
 * @module
 */
import { concat, inMemory, pieces, toStream, type StreamSource } from "./bytes.js";

/** Files up to this size travel in one piece, with a content length. */
const ONE_PIECE = 1024 * 1024;

/** A request body and its content type. */
export interface MultipartBody {
  contentType: string;
  body: Uint8Array | ReadableStream<Uint8Array>;
}

/** A form with the fields `path` and `file`, as the upload routes take it. */
export function uploadForm(path: string, source: StreamSource): MultipartBody {
  const boundary = `wrenn-${randomHex(16)}`;
  const encoder = new TextEncoder();
  const head = encoder.encode(
    `--${boundary}\r\nContent-Disposition: form-data; name="path"\r\n\r\n${path}\r\n` +
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n` +
      `Content-Type: application/octet-stream\r\n\r\n`,
  );
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  const contentType = `multipart/form-data; boundary=${boundary}`;
  const whole = inMemory(source);
  if (whole !== undefined && whole.byteLength <= ONE_PIECE) {
    return { contentType, body: concat([head, whole, tail]) };
  }
  return { contentType, body: toStream(framed(head, whole ?? source, tail)) };
}

async function* framed(
  head: Uint8Array,
  source: StreamSource,
  tail: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield head;
  yield* pieces(source);
  yield tail;
}

function randomHex(length: number): string {
  const bytes = new Uint8Array(length);
  // Node.js 18 has no global `crypto`; the boundary only has to be absent from the file.
  const random = (globalThis as { crypto?: { getRandomValues(bytes: Uint8Array): Uint8Array } }).crypto;
  if (random === undefined) bytes.forEach((_, index) => (bytes[index] = Math.floor(Math.random() * 256)));
  else random.getRandomValues(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
