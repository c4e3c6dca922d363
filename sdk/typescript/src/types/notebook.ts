/**
 * Notebooks and their cells, as the API speaks of them.
 * @module
 */
import type { components } from "../internal/openapi.js";

/** A cell to run. */
export type ExecCellRequest = components["schemas"]["ExecCellRequest"];

/** What came of a cell. */
export type ExecCellResponse = components["schemas"]["ExecCellResponse"];

/** Something that a cell showed, as it travels. */
export type CellOutputData = components["schemas"]["CellOutput"];

/** A notebook that has a kernel. */
export type NotebookInfo = components["schemas"]["Notebook"];

/** The notebooks of a capsule. */
export type NotebookListResponse = components["schemas"]["NotebookListResponse"];

/** How a cell ended. */
export type CellEnd = components["schemas"]["CellEnd"];

/** What is said about a cell while it runs. */
export type CellMessage =
  | { type: "start"; execution_count?: number }
  | { type: "stdout"; data: string }
  | { type: "stderr"; data: string }
  | ({ type: "result" } & CellOutputData)
  | ({ type: "update" } & CellOutputData)
  | { type: "clear"; wait: boolean }
  | { type: "exception"; name: string; value: string; traceback: string[] }
  | ({ type: "end" } & CellEnd)
  | { type: "error"; data: string };
