// Drives the agent on port 49983 of this machine with the package `e2b` as it is published, through all that it can
// do without its makers' cloud. Prints each step; the first that fails ends it.
//
// Environment: HOME_INSIDE (home of the agent's default user), OTHER_USER (another user there), WORK (a directory that
// does not exist yet and may be made).
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { CommandExitError, FileType, FilesystemEventType, NotFoundError, Sandbox, TimeoutError } from 'e2b'

const { HOME_INSIDE: home, OTHER_USER: other, WORK: work } = process.env
const sandbox = await Sandbox.create({ debug: true })
const { commands, files, git, pty } = sandbox
const text = (bytes) => new TextDecoder().decode(bytes)

/** Waits for what must come. */
async function until(what, condition) {
  const end = Date.now() + 60_000
  while (!(await condition())) {
    assert.ok(Date.now() < end, `${what} did not happen`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const steps = {
  async 'a command runs to its end'() {
    const result = await commands.run('echo out; echo err >&2')
    assert.deepEqual([result.stdout, result.stderr, result.exitCode], ['out\n', 'err\n', 0])
  },

  async 'an exit code is an error'() {
    await assert.rejects(commands.run('echo before; exit 7'), (error) => {
      assert.ok(error instanceof CommandExitError)
      assert.deepEqual([error.exitCode, error.stdout], [7, 'before\n'])
      return true
    })
  },

  async 'output arrives as it is made'() {
    const seen = []
    await commands.run('for i in 1 2 3; do echo $i; done; echo e >&2', {
      onStdout: (data) => void seen.push(data),
      onStderr: (data) => void seen.push(data),
    })
    assert.deepEqual(seen.join('').split('').sort().join(''), '\n\n\n\n123e')
  },

  async 'environment, directory and user'() {
    const result = await commands.run('echo $A; pwd', { envs: { A: 'value' }, cwd: '/tmp' })
    assert.equal(result.stdout, 'value\n/tmp\n')
    assert.equal((await commands.run('pwd; echo $HOME')).stdout, `${home}\n${home}\n`)
    assert.equal((await commands.run('id -un', { user: other })).stdout, `${other}\n`)
    await assert.rejects(commands.run('true', { cwd: '/no/such/directory' }))
    await assert.rejects(commands.run('true', { user: 'nobody-of-that-name' }))
  },

  async 'a time limit ends a command'() {
    await assert.rejects(commands.run('sleep 1000', { timeoutMs: 500 }), TimeoutError)
  },

  async 'a command in the background is listed, joined and killed'() {
    const handle = await commands.run('echo begun; sleep 1000', { background: true, timeoutMs: 0 })
    const listed = await commands.list()
    assert.ok(listed.some((process) => process.pid === handle.pid))
    const seen = []
    const joined = await commands.connect(handle.pid, { onStdout: (data) => void seen.push(data) })
    await until('the output', () => handle.stdout === 'begun\n')
    assert.equal(await handle.kill(), true)
    await assert.rejects(joined.wait(), CommandExitError)
    assert.equal(await commands.kill(handle.pid), false)
    await until('its end', async () => !(await commands.list()).some((process) => process.pid === handle.pid))
    await assert.rejects(commands.connect(4_000_000), NotFoundError)
  },

  async 'a command outlives its client'() {
    const handle = await commands.run('read line; echo got $line', { background: true, stdin: true, timeoutMs: 0 })
    await handle.disconnect()
    const joined = await commands.connect(handle.pid)
    await commands.sendStdin(handle.pid, 'it\n')
    assert.equal((await joined.wait()).stdout, 'got it\n')
  },

  async 'input and its end'() {
    const handle = await commands.run('cat', { background: true, stdin: true })
    await commands.sendStdin(handle.pid, 'one ')
    await handle.sendStdin(new TextEncoder().encode('two'))
    await commands.closeStdin(handle.pid)
    assert.equal((await handle.wait()).stdout, 'one two')
  },

  async 'much output is whole'() {
    const result = await commands.run('head -c 20000000 /dev/zero | tr "\\0" x')
    assert.equal(result.stdout.length, 20_000_000)
    const odd = await commands.run("printf '\\303\\244\\342\\202\\254%.0s' $(seq 20000)")
    assert.equal(odd.stdout, 'ä€'.repeat(20_000))
  },

  async 'many commands at once'() {
    const codes = Array.from({ length: 50 }, (_, n) => n)
    const results = await Promise.allSettled(codes.map((code) => commands.run(`exit ${code}`)))
    const found = results.map((result) => result.value?.exitCode ?? result.reason.exitCode)
    assert.deepEqual(found, codes)
  },

  async 'directories and files'() {
    assert.equal(await files.makeDir(`${work}/dir`), true)
    assert.equal(await files.makeDir(`${work}/dir`), false)
    const written = await files.write(`${work}/dir/a.txt`, 'hello')
    assert.deepEqual([written.name, written.type, written.path], ['a.txt', FileType.FILE, `${work}/dir/a.txt`])
    assert.equal(await files.read(`${work}/dir/a.txt`), 'hello')
    assert.equal(await files.exists(`${work}/dir/a.txt`), true)
    assert.equal(await files.exists(`${work}/dir/b.txt`), false)
    const info = await files.getInfo(`${work}/dir/a.txt`)
    assert.deepEqual([info.size, info.mode, info.permissions], [5, 0o644, '-rw-r--r--'])
    assert.ok(info.modifiedTime instanceof Date)
    const moved = await files.rename(`${work}/dir/a.txt`, `${work}/dir/b.txt`)
    assert.equal(moved.path, `${work}/dir/b.txt`)
    await files.remove(`${work}/dir/b.txt`)
    await files.remove(`${work}/dir/never-was`)
    assert.deepEqual(await files.list(`${work}/dir`), [])
    await assert.rejects(files.read(`${work}/dir/b.txt`), NotFoundError)
    await assert.rejects(files.getInfo(`${work}/dir/b.txt`), NotFoundError)
    await assert.rejects(files.rename(`${work}/dir/b.txt`, `${work}/dir/c.txt`), NotFoundError)
    await assert.rejects(files.read(work))
  },

  async 'relative paths, listings and links'() {
    await files.write('of-the-test/one', '1')
    await files.write('of-the-test/sub/two', '2')
    await commands.run('ln -s one of-the-test/link')
    const listed = await files.list('of-the-test', { depth: 2 })
    const expected = ['link symlink', 'one file', 'sub dir', 'two file']
    assert.deepEqual(listed.map((entry) => `${entry.name} ${entry.type}`), expected)
    assert.equal(listed[1].path, `${home}/of-the-test/one`)
    assert.equal(listed[0].symlinkTarget, `${home}/of-the-test/one`)
    assert.equal((await files.list('of-the-test')).length, 3)
    await files.remove('of-the-test')
    assert.equal(await files.exists('of-the-test'), false)
  },

  async 'several files, notes, users'() {
    const written = await files.write([
      { path: `${work}/many/1`, data: 'one' },
      { path: `${work}/many/2`, data: new Uint8Array([1, 2]).buffer },
    ])
    assert.deepEqual(written.map((file) => file.path), [`${work}/many/1`, `${work}/many/2`])
    await files.write(`${work}/noted`, 'x', { metadata: { Author: 'me' } })
    assert.deepEqual((await files.getInfo(`${work}/noted`)).metadata, { author: 'me' })
    await files.write('/tmp/of-another', 'x', { user: other })
    assert.equal((await files.getInfo('/tmp/of-another')).owner, other)
    await files.remove('/tmp/of-another', { user: other })
  },

  async 'large files in every form'() {
    const bytes = new Uint8Array(randomBytes(30_000_000))
    const path = `${work}/large`
    for (const opts of [{}, { useOctetStream: true }, { gzip: true }]) {
      await files.write(path, bytes.buffer, opts)
      const plain = await files.read(path, { format: 'bytes' })
      assert.ok(Buffer.from(plain).equals(bytes), JSON.stringify(opts))
    }
    const packed = await files.read(path, { format: 'bytes', gzip: true })
    assert.ok(Buffer.from(packed).equals(bytes))
    let size = 0
    for await (const chunk of await files.read(path, { format: 'stream' })) size += chunk.length
    assert.equal(size, bytes.length)
    await files.write(path, new Blob([bytes.subarray(0, 1000)]).stream())
    assert.equal((await files.read(path, { format: 'blob' })).size, 1000)
    assert.equal(await files.read((await files.write(`${work}/empty`, '')).path), '')
  },

  async 'a watch sees what happens'() {
    await files.makeDir(`${work}/watched`)
    const seen = []
    const handle = await files.watchDir(`${work}/watched`, (event) => void seen.push(`${event.type} ${event.name}`), {
      recursive: true,
    })
    const saw = (event) => until(event, () => seen.includes(event))
    await files.write(`${work}/watched/file`, 'x')
    await saw(`${FilesystemEventType.CREATE} file`)
    await saw(`${FilesystemEventType.WRITE} file`)
    await files.makeDir(`${work}/watched/sub`)
    await files.write(`${work}/watched/sub/file`, 'x')
    await saw(`${FilesystemEventType.WRITE} sub/file`)
    await commands.run(`chmod 600 ${work}/watched/file && mv ${work}/watched/file ${work}/watched/moved`)
    await saw(`${FilesystemEventType.CHMOD} file`)
    await saw(`${FilesystemEventType.RENAME} file`)
    await files.remove(`${work}/watched/moved`)
    await saw(`${FilesystemEventType.REMOVE} moved`)
    await handle.stop()
    await assert.rejects(files.watchDir(`${work}/missing`, () => {}), NotFoundError)
    await assert.rejects(files.watchDir(`${work}/noted`, () => {}))
  },

  async 'a terminal'() {
    let screen = ''
    const onData = (bytes) => void (screen += text(bytes))
    const terminal = await pty.create({ cols: 80, rows: 24, onData, timeoutMs: 0, envs: { WORD: 'sesame' } })
    const type = (line) => pty.sendInput(terminal.pid, new TextEncoder().encode(`${line}\n`))
    await type('stty size; echo $WORD $TERM')
    await until('the size', () => screen.includes('24 80') && screen.includes('sesame xterm'))
    await pty.resize(terminal.pid, { cols: 120, rows: 40 })
    await type('stty size')
    await until('the new size', () => screen.includes('40 120'))
    await terminal.disconnect()
    let again = ''
    const joined = await pty.connect(terminal.pid, { onData: (bytes) => void (again += text(bytes)) })
    await type('echo $((6 * 7))')
    await until('the answer', () => again.includes('42'))
    assert.equal(await pty.kill(terminal.pid), true)
    await assert.rejects(joined.wait())
    assert.equal(await pty.kill(terminal.pid), false)
  },

  async 'git'() {
    const [origin, path, copy] = ['origin.git', 'repo', 'copy'].map((name) => `${work}/${name}`)
    await git.init(origin, { bare: true, initialBranch: 'main' })
    await git.init(path, { initialBranch: 'main' })
    await git.configureUser('Ann', 'ann@example.com', { scope: 'local', path })
    assert.equal(await git.getConfig('user.name', { scope: 'local', path }), 'Ann')
    await files.write(`${path}/README.md`, 'hello')
    assert.equal((await git.status(path)).hasUntracked, true)
    await git.add(path)
    await git.commit(path, 'First')
    assert.equal((await git.status(path)).isClean, true)
    await git.createBranch(path, 'other')
    await git.checkoutBranch(path, 'main')
    const branches = await git.branches(path)
    assert.deepEqual([branches.branches.sort(), branches.currentBranch], [['main', 'other'], 'main'])
    await git.deleteBranch(path, 'other', { force: true })
    await git.remoteAdd(path, 'origin', origin)
    assert.equal(await git.remoteGet(path, 'origin'), origin)
    await git.push(path, { remote: 'origin', branch: 'main', setUpstream: true })
    await git.clone(origin, { path: copy, branch: 'main' })
    assert.equal(await files.read(`${copy}/README.md`), 'hello')
    await files.write(`${path}/README.md`, 'changed')
    await git.restore(path, { paths: ['README.md'] })
    assert.equal(await files.read(`${path}/README.md`), 'hello')
    await files.write(`${path}/more`, 'x')
    await git.add(path)
    await git.commit(path, 'Second')
    await git.push(path)
    await git.pull(copy)
    assert.equal(await files.exists(`${copy}/more`), true)
    await git.reset(path, { mode: 'hard', target: 'HEAD~1' })
    assert.equal(await files.exists(`${path}/more`), false)
  },

  async 'nothing is left'() {
    await files.remove(work)
    await until('the end of all processes', async () => (await commands.list()).length === 0)
  },
}

assert.equal(await sandbox.isRunning(), true)
for (const [name, step] of Object.entries(steps)) {
  const start = performance.now()
  await step()
  console.log(`ok ${name} (${Math.round(performance.now() - start)} ms)`)
}
process.exit(0)
