/**
 * A capsule for running Python code.
 * @module
 */
import { Capsule } from "../capsule/capsule.js";
import type { CapsuleOptions, CreateCapsuleOptions } from "../capsule/options.js";
import type { RequestOptions } from "../client/options.js";
import { Notebook } from "./notebook.js";

/** The template that is used when none is named. */
const DEFAULT_TEMPLATE = "jupyter";

/**
 * Runs Python cells in a capsule.
 *
 * @example
 * ```ts
 * await using interpreter = await CodeInterpreter.create({ template: "base-python" });
 * const result = await interpreter.notebook.execCell("print('hello')");
 * ```
 */
export class CodeInterpreter implements AsyncDisposable {
  /** The capsule that the code runs in. */
  readonly capsule: Capsule;
  /** Runs cells. */
  readonly notebook: Notebook;

  constructor(capsule: Capsule) {
    this.capsule = capsule;
    this.notebook = new Notebook(capsule.commands);
  }

  /** Creates a capsule and owns it: `await using` destroys it. Default template: `jupyter`. */
  static async create(options: CreateCapsuleOptions = {}): Promise<CodeInterpreter> {
    return new CodeInterpreter(await Capsule.create({ ...options, template: options.template ?? DEFAULT_TEMPLATE }));
  }

  /** Attaches to an existing capsule; `await using` leaves it running. */
  static connect(id: string, options: CapsuleOptions = {}): CodeInterpreter {
    return new CodeInterpreter(Capsule.connect(id, options));
  }

  /** The capsule's id. */
  get id(): string {
    return this.capsule.id;
  }

  /** Destroys the capsule. */
  async destroy(options: RequestOptions = {}): Promise<void> {
    await this.capsule.destroy(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.capsule[Symbol.asyncDispose]();
  }
}
