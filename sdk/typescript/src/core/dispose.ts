/**
 * Gives Node.js releases that lack them the symbols that `await using` relies on.
 * @module
 */

for (const name of ["dispose", "asyncDispose"] as const) {
  if ((Symbol as unknown as Record<string, unknown>)[name] === undefined) {
    Object.defineProperty(Symbol, name, { value: Symbol.for(`nodejs.${name}`) });
  }
}

export {};
