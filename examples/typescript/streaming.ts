// Output while it is printed, and a process in the background that is watched, asked to end, and gone.
//
//   scripts/run-example.sh examples/typescript/streaming.ts
import { Capsule } from "@wrenn/sdk";

await using capsule = await Capsule.create("minimal");

console.log("A command, line by line:");
const script = "for i in 1 2 3; do echo line $i; sleep 0.2; done; echo done >&2";
for await (const event of capsule.commands.stream("sh", { args: ["-c", script] })) {
  if (event.type === "stdout") process.stdout.write(event.data);
  if (event.type === "stderr") process.stderr.write(event.data);
  if (event.type === "exit") console.log("exit code", event.exit_code);
}

console.log("Input for a command:");
const upper = capsule.commands.stream("tr", { args: ["a-z", "A-Z"], stdin: true });
await upper.write("shout\n");
await upper.closeStdin();
for await (const event of upper) if (event.type === "stdout") process.stdout.write(event.data);

console.log("A server in the background:");
await capsule.commands.start("python3", { args: ["-u", "-m", "http.server", "8000"], tag: "web" });
await using web = await capsule.commands.streamProcess("web");
for await (const event of web) {
  if (event.type !== "stdout") continue;
  console.log(event.data.trim());
  break;
}
await capsule.commands.kill("web", "SIGTERM");
