/**
 * Bytes in the shapes callers have them.
 * @module
 */

/** What can be written to a file in one piece. */
export type BinaryData = string | Uint8Array | ArrayBuffer | Blob;

/** What can be streamed to a file: a piece, a web stream, or anything that yields pieces, such as a Node.js `Readable`. */
export type StreamSource =
  | BinaryData
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array>;

/** Pieces of at most this size are handed to the HTTP client, so that it can apply back-pressure. */
const PIECE = 1024 * 1024;

const encoder = new TextEncoder();

/** A `Buffer` over the same memory, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The bytes of a piece that is already in memory; `undefined` for a stream. */
export function inMemory(source: StreamSource): Uint8Array | undefined {
  if (typeof source === "string") return encoder.encode(source);
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return undefined;
}

/** The pieces of a source, each small enough to be passed on at once. */
export async function* pieces(source: StreamSource): AsyncGenerator<Uint8Array, void, undefined> {
  const whole = inMemory(source);
  if (whole !== undefined) {
    yield* split(whole);
    return;
  }
  for await (const piece of iterate(source)) {
    yield* split(typeof piece === "string" ? encoder.encode(piece) : piece);
  }
}

/** All chunks of a web stream; a caller that stops early cancels it. */
export async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let done = false;
  try {
    for (;;) {
      const result = await reader.read();
      if (result.done) {
        done = true;
        return;
      }
      yield result.value;
    }
  } finally {
    if (!done) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

/** A web stream that pulls from the iterator only when its reader asks. */
export function toStream(iterator: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const result = await iterator.next();
        if (result.done === true) controller.close();
        else controller.enqueue(result.value);
      },
      async cancel() {
        await iterator.return();
      },
    },
    { highWaterMark: 1, size: () => 1 },
  );
}

/** One array with the contents of all. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}

function iterate(
  source: StreamSource,
): AsyncIterable<Uint8Array | string> | Iterable<Uint8Array> {
  if (source instanceof Blob) return chunks(source.stream());
  if (source instanceof ReadableStream) return chunks(source);
  if (source instanceof Uint8Array) return [source];
  return source as AsyncIterable<Uint8Array | string> | Iterable<Uint8Array>;
}

function* split(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  if (bytes.byteLength <= PIECE) {
    if (bytes.byteLength > 0) yield bytes;
    return;
  }
  for (let offset = 0; offset < bytes.byteLength; offset += PIECE) {
    yield bytes.subarray(offset, Math.min(offset + PIECE, bytes.byteLength));
  }
}
