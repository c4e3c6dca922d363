// The quick start of the README: a capsule, a command in it, its output.
//
//   scripts/run-example.sh examples/typescript/quickstart.ts
import { Capsule } from "@wrenn/sdk";

const capsule = await Capsule.create("minimal");
try {
  await capsule.waitForReady();

  const result = await capsule.commands.exec("echo", { args: ["hello"] });
  console.log(result.stdout); // "hello\n"
} finally {
  await capsule.destroy();
}
