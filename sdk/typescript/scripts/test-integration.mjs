// Runs the tests that need a server against the one that the environment names.
import { spawnSync } from "node:child_process";

if (process.env.WRENN_API_KEY === undefined) {
  console.log("These tests need a server: set WRENN_API_KEY and WRENN_BASE_URL, or run them by scripts/with-server.sh.");
} else {
  const run = spawnSync("vitest", ["run", "--project", "integration", ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = run.status ?? 1;
}
