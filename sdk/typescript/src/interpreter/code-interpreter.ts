/**
 * A capsule for running Python code.
 * @module
 */
import { Capsule } from "../capsule/capsule.js";
import type { CapsuleOptions, CreateCapsuleOptions } from "../capsule/options.js";
import type { RequestOptions } from "../client/options.js";
import type { NotebookInfo } from "../types/notebook.js";
import { Notebook } from "./notebook.js";

/** The template that is used when none is named. */
const DEFAULT_TEMPLATE = "jupyter";
/** The notebook that is used when none is named. */
const DEFAULT_NOTEBOOK = "default";

/**
 * Runs Python in a capsule, cell by cell. In a capsule of the template `jupyter`, cells share variables and show images,
 * tables and the like; in one without a Jupyter server each cell is run by `python3 -c`.
 *
 * @example
 * ```ts
 * await using interpreter = await CodeInterpreter.create();
 * await interpreter.notebook.execCell("x = 42");
 * const result = await interpreter.notebook.execCell("x * 2");
 * console.log(result.text); // "84"
 * ```
 */
export class CodeInterpreter implements AsyncDisposable {
  /** The capsule that the code runs in. */
  readonly capsule: Capsule;
  /** The notebook that is meant when none is named. */
  readonly notebook: Notebook;

  constructor(capsule: Capsule) {
    this.capsule = capsule;
    this.notebook = this.createNotebook(DEFAULT_NOTEBOOK);
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

  /** Another notebook, with variables of its own. It comes to be with its first cell. */
  createNotebook(name: string): Notebook {
    return new Notebook(this.capsule, name);
  }

  /** The notebooks that have a kernel. */
  async listNotebooks(options: RequestOptions = {}): Promise<NotebookInfo[]> {
    return (await this.capsule.client.notebooks.list(this.capsule.id, options)).notebooks;
  }

  /** Destroys the capsule. */
  async destroy(options: RequestOptions = {}): Promise<void> {
    await this.capsule.destroy(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.capsule[Symbol.asyncDispose]();
  }
}
