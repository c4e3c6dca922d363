// Files: write, read, list, watch, and a large one as a stream both ways.
//
//   scripts/run-example.sh examples/typescript/files.ts
import { createHash } from "node:crypto";

import { Capsule } from "@wrenn/sdk";

await using capsule = await Capsule.create("minimal");

await using watch = await capsule.files.watch("/tmp", { recursive: true });
await capsule.files.write("/tmp/project/main.py", "print('hello from a file')\n");
for await (const change of watch) {
  console.log("changed:", change.event, change.name);
  break;
}

console.log((await capsule.files.read("/tmp/project/main.py")).toString());
await capsule.files.move("/tmp/project/main.py", "/tmp/project/app.py");
for (const entry of (await capsule.files.list("/tmp/project")).entries) {
  console.log(entry.permissions, entry.owner, entry.size, entry.path);
}
console.log("main.py is still there:", await capsule.files.exists("/tmp/project/main.py"));

const [sent, received] = [createHash("sha256"), createHash("sha256")];
async function* megabytes(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) {
    const piece = new Uint8Array(1024 * 1024).fill(index);
    sent.update(piece);
    yield piece;
  }
}
await capsule.files.uploadStream("/tmp/large.bin", megabytes(64));
for await (const chunk of capsule.files.downloadStream("/tmp/large.bin")) received.update(chunk);
console.log("64 MB went up and came back unchanged:", sent.digest("hex") === received.digest("hex"));
