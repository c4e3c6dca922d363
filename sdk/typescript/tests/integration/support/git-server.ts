/**
 * A git server inside a capsule, on its loopback: smart HTTP with a password, through git's own backend.
 * @module
 */
import type { Capsule } from "../../../src/index.js";
import { eventually, run } from "./capsules.js";

const PORT = 8418;
export const GIT_USER = "ann";
export const GIT_PASSWORD = "p4ss/w0rd:with@signs";
/** Anybody may use the repositories below `/open`; those below `/private` need the password. */
export const GIT_URL = `http://127.0.0.1:${PORT}`;

const SERVER = `
import base64, http.server, os, subprocess
from urllib.parse import urlsplit

WANTED = "Basic " + base64.b64encode(os.environ["USER_AND_PASSWORD"].encode()).decode()

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_): pass

    def serve(self):
        url = urlsplit(self.path)
        if url.path.startswith("/private/") and self.headers.get("Authorization") != WANTED:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        environment = dict(os.environ, GIT_PROJECT_ROOT="/srv/git", GIT_HTTP_EXPORT_ALL="1", PATH_INFO=url.path,
            QUERY_STRING=url.query, REQUEST_METHOD=self.command, REMOTE_USER="git", REMOTE_ADDR="127.0.0.1",
            CONTENT_TYPE=self.headers.get("Content-Type", ""), HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
        body = self.body()
        environment["CONTENT_LENGTH"] = str(len(body))
        answer = subprocess.run(["git", "http-backend"], input=body, stdout=subprocess.PIPE, env=environment).stdout
        head, _, content = answer.partition(b"\\r\\n\\r\\n")
        headers = [line.split(": ", 1) for line in head.decode().split("\\r\\n")]
        status = next((value for name, value in headers if name == "Status"), "200 OK")
        self.send_response(int(status.split()[0]))
        for name, value in headers:
            if name != "Status": self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while True:
            size = int(self.rfile.readline(), 16)
            parts.append(self.rfile.read(size))
            self.rfile.readline()
            if size == 0: return b"".join(parts)

    do_GET = do_POST = serve

http.server.ThreadingHTTPServer(("127.0.0.1", ${PORT}), Handler).serve_forever()
`;

/** Starts the server with two repositories, `/open/repo.git` and `/private/repo.git`, each with one commit on `main`. */
export async function startGitServer(capsule: Capsule): Promise<void> {
  await capsule.files.write("/srv/server.py", SERVER);
  await run(
    capsule,
    `set -e
     export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@a
     for name in open private; do
       git init -q --bare -b main /srv/git/$name/repo.git
       git -C /srv/git/$name/repo.git config http.receivepack true
       git clone -q /srv/git/$name/repo.git /tmp/seed 2>/dev/null
       cd /tmp/seed && git checkout -q -b main
       mkdir src && echo "# $name" > README.md && echo "export {};" > src/index.ts
       git add . && git commit -q -m "first commit" && git push -q origin main
       cd / && rm -rf /tmp/seed
     done`,
  );
  const envs = { USER_AND_PASSWORD: `${GIT_USER}:${GIT_PASSWORD}` };
  await capsule.commands.start("python3", { args: ["/srv/server.py"], tag: "git-server", envs });
  await eventually("the git server answers", async () => {
    const probe = await capsule.commands.exec("git", { args: ["ls-remote", `${GIT_URL}/open/repo.git`] });
    return probe.exit_code === 0;
  });
}
