// Python, cell by cell: variables that stay, output as it comes, a table, a figure, an exception.
//
//   scripts/run-example.sh examples/typescript/interpreter.ts
import { CodeInterpreter } from "@wrenn/sdk";

const interpreter = await CodeInterpreter.create();
try {
  await interpreter.capsule.waitForReady();
  const { notebook } = interpreter;

  await notebook.execCell("import pandas\ndata = pandas.DataFrame({'n': [1, 2, 3], 'square': [1, 4, 9]})");
  const table = await notebook.execCell("data");
  console.log(table.text);
  console.log(table.results[0]?.html?.includes("<table")); // true

  await notebook.execCell("import time\nfor n in data.n:\n    print(n, flush=True)\n    time.sleep(0.2)", {
    onStdout: (text) => process.stdout.write(text),
  });

  const figure = await notebook.execCell("data.plot(x='n', y='square');", { timeoutSec: 60 });
  const png = figure.results.find((output) => output.png !== undefined)?.png ?? "";
  console.log(`a figure of ${Buffer.from(png, "base64").length} bytes`);

  const { error } = await notebook.execCell("data['nothing']");
  console.log(error?.name, error?.value); // KeyError 'nothing'
} finally {
  await interpreter.destroy();
}
