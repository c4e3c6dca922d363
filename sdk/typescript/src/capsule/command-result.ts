/**
 * What came of a command.
 * @module
 */
import { asBuffer } from "../core/bytes.js";
import type { ExecResponse } from "../types/command.js";

/** Where base64 output was decoded, the exact bytes; kept outside the object so that printing it shows text only. */
const exactBytes = new WeakMap<CommandResult, { stdout: Buffer; stderr: Buffer }>();

/** What came of a foreground command. */
export class CommandResult {
  /** The capsule's id. */
  readonly sandbox_id: string;
  /** The program that ran. */
  readonly cmd: string;
  /** What it wrote to its output, as text; invalid UTF-8 shows as replacement characters. */
  readonly stdout: string;
  /** What it wrote to its error output, as text. */
  readonly stderr: string;
  /** Its exit code; 128 + the number of the signal that killed it; -1 when its time was over. */
  readonly exit_code: number;
  /** How long it took. */
  readonly duration_ms: number;
  /** Whether it was killed because its time was over. */
  readonly timed_out: boolean;

  /** @internal */
  constructor(response: ExecResponse) {
    this.sandbox_id = response.sandbox_id;
    this.cmd = response.cmd;
    this.exit_code = response.exit_code;
    this.duration_ms = response.duration_ms;
    this.timed_out = response.timed_out ?? false;
    if (response.encoding === "base64") {
      const bytes = { stdout: Buffer.from(response.stdout, "base64"), stderr: Buffer.from(response.stderr, "base64") };
      exactBytes.set(this, bytes);
      this.stdout = bytes.stdout.toString();
      this.stderr = bytes.stderr.toString();
    } else {
      this.stdout = response.stdout;
      this.stderr = response.stderr;
    }
  }

  /** The output, byte for byte. */
  get stdoutBytes(): Buffer {
    return exactBytes.get(this)?.stdout ?? asBuffer(new TextEncoder().encode(this.stdout));
  }

  /** The error output, byte for byte. */
  get stderrBytes(): Buffer {
    return exactBytes.get(this)?.stderr ?? asBuffer(new TextEncoder().encode(this.stderr));
  }
}
