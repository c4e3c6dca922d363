// A capsule is paused with a process in it, resumed, kept as a template, and multiplied.
//
//   scripts/run-example.sh examples/typescript/lifecycle.ts
import { Capsule, WrennClient } from "@wrenn/sdk";

const client = new WrennClient();
await using capsule = await Capsule.create({ client, metadata: { example: "lifecycle" }, envs: { GREETING: "hello" } });
await capsule.commands.start("sh", { args: ["-c", "while :; do date +%s.%N >> /tmp/ticks; sleep 0.1; done"], tag: "clock" });

console.log("paused:", (await capsule.pause({ wait: true })).status);
console.log("resumed:", (await capsule.resume({ wait: true })).status);
console.log("still running:", (await capsule.commands.list()).processes.map((process) => process.tag));

const template = await capsule.snapshot("example-lifecycle", { overwrite: true });
try {
  await using copy = await Capsule.create({ client, template: template.name });
  const { stdout } = await copy.commands.exec("wc", { args: ["-l", "/tmp/ticks"] });
  console.log("ticks in the copy:", stdout.trim());
} finally {
  await client.snapshots.delete(template.name);
}

const metrics = await capsule.getMetrics({ range: "5m" });
console.log("measurements:", metrics.points.length);
for await (const info of client.capsules.iterate({ metadata: { example: "lifecycle" } })) console.log(info.id, info.status);
