// A terminal: type into it, leave it, join it again, end it.
//
//   scripts/run-example.sh examples/typescript/terminal.ts
import { Capsule } from "@wrenn/sdk";

await using capsule = await Capsule.create("minimal");

const terminal = await capsule.pty.start({ cols: 100, rows: 30, tag: "example" });
terminal.input("echo first: $((6 * 7))\n");
let seen = "";
for await (const event of terminal.events) {
  if (event.type === "data") seen += event.data;
  if (seen.includes("first: 42")) break;
}
await terminal.close();
console.log("Left the terminal; its program runs on.");

await using again = await capsule.pty.connect("example");
again.input("echo second; exit\n");
for await (const event of again.events) {
  if (event.type === "data") process.stdout.write(event.data);
  if (event.type === "exit") console.log("\nexit code", event.exit_code);
}
