// Tests the built package, packed and unpacked as a user gets it, on several runtimes from the package registry.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const directory = join(root, "tests/runtimes");
const modules = join(directory, "node_modules");
const arch = process.arch;

const runtimes = [
  ["Node.js 18", `node18-linux-${arch}/bin/node`],
  ["Node.js 20", `node20-linux-${arch}/bin/node`],
  ["Node.js 22", `node22-linux-${arch}/bin/node`],
  ["Bun", `@oven/bun-linux-${arch === "arm64" ? "aarch64" : "x64-baseline"}/bin/bun`],
  ["Deno", `@deno/linux-${arch}-glibc/deno`, "run", "--allow-all", "--no-check", "--node-modules-dir=manual"],
];

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: directory, stdio: "inherit", ...options });
  if (result.status !== 0) throw new Error(`"${command} ${args.join(" ")}" failed: ${result.error ?? result.status ?? result.signal}`);
  return result.stdout;
}

function installRuntimes() {
  const installed = join(modules, ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(directory, "package-lock.json")).mtimeMs) return;
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}

function installPackage() {
  const packed = mkdtempSync(join(tmpdir(), "wrenn-sdk-"));
  try {
    run("npm", ["pack", "--silent", "--pack-destination", packed], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    const target = join(modules, "@wrenn/sdk");
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    run("tar", ["-xzf", join(packed, readdirSync(packed)[0]), "-C", target, "--strip-components=1"]);
  } finally {
    rmSync(packed, { recursive: true });
  }
}

if (process.env.WRENN_API_KEY === undefined) {
  console.log("These tests need a server: set WRENN_API_KEY and WRENN_BASE_URL, or run them by scripts/with-server.sh.");
} else {
  installRuntimes();
  installPackage();
  for (const [name, program, ...args] of runtimes) {
    const started = performance.now();
    const output = run(join(modules, program), [...args, "smoke.mjs"], {
      stdio: ["ignore", "pipe", "inherit"],
      encoding: "utf8",
      timeout: 120_000,
    });
    if (!output.endsWith("ok\n")) throw new Error(`on ${name} the tests did not come to their end: ${output}`);
    console.log(`${name}: ok (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  }
}
