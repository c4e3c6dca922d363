"""Drives the agent on port 49983 of this machine with the package `e2b` as it is published, through all that it can do
without its makers' cloud. Prints each step; the first that fails ends it.

Environment: HOME_INSIDE (home of the agent's default user), OTHER_USER (another user there), WORK (a directory that
does not exist yet and may be made).
"""

import io
import os
import threading
import time

from e2b import (
    CommandExitException,
    FileType,
    FilesystemEventType,
    InvalidArgumentException,
    NotFoundException,
    PtySize,
    Sandbox,
    TimeoutException,
)

HOME, OTHER, WORK = (os.environ[name] for name in ("HOME_INSIDE", "OTHER_USER", "WORK"))
sandbox = Sandbox.create(debug=True)
commands, files, git, pty = sandbox.commands, sandbox.files, sandbox.git, sandbox.pty


def refused(kind, call, *args, **options):
    """The exception of that kind which the call ends in."""
    try:
        call(*args, **options)
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was expected")


def until(what, condition):
    """Waits for what must come."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.01)


def a_command_runs_to_its_end():
    result = commands.run("echo out; echo err >&2")
    assert (result.stdout, result.stderr, result.exit_code) == ("out\n", "err\n", 0)


def an_exit_code_is_an_error():
    error = refused(CommandExitException, commands.run, "echo before; exit 7")
    assert (error.exit_code, error.stdout) == (7, "before\n")


def output_arrives_as_it_is_made():
    seen = []
    commands.run("for i in 1 2 3; do echo $i; done; echo e >&2", on_stdout=seen.append, on_stderr=seen.append)
    assert sorted("".join(seen)) == sorted("1\n2\n3\ne\n")


def environment_directory_and_user():
    assert commands.run("echo $A; pwd", envs={"A": "value"}, cwd="/tmp").stdout == "value\n/tmp\n"
    assert commands.run("pwd; echo $HOME").stdout == f"{HOME}\n{HOME}\n"
    assert commands.run("id -un", user=OTHER).stdout == f"{OTHER}\n"
    refused(InvalidArgumentException, commands.run, "true", cwd="/no/such/directory")
    refused(Exception, commands.run, "true", user="nobody-of-that-name")


def a_time_limit_ends_a_command():
    refused(TimeoutException, commands.run, "sleep 1000", timeout=0.5)


def a_command_in_the_background_is_listed_joined_and_killed():
    handle = commands.run("echo begun; sleep 1000", background=True, timeout=0)
    assert handle.pid in [process.pid for process in commands.list()]
    joined = commands.connect(handle.pid, timeout=0)
    assert next(iter(joined))[0] == "begun\n"
    assert handle.kill() is True
    error = refused(CommandExitException, joined.wait)
    assert error.stdout == "begun\n"
    assert commands.kill(handle.pid) is False
    until("its end", lambda: handle.pid not in [process.pid for process in commands.list()])
    refused(NotFoundException, commands.connect, 4_000_000)


def a_command_outlives_its_client():
    handle = commands.run("read line; echo got $line", background=True, stdin=True, timeout=0)
    handle.disconnect()
    joined = commands.connect(handle.pid, timeout=0)
    commands.send_stdin(handle.pid, "it\n")
    assert joined.wait().stdout == "got it\n"


def input_and_its_end():
    handle = commands.run("cat", background=True, stdin=True)
    commands.send_stdin(handle.pid, "one ")
    commands.send_stdin(handle.pid, b"two")
    commands.close_stdin(handle.pid)
    assert handle.wait().stdout == "one two"


def input_as_a_stream():
    handle = commands.run("cat", background=True, stdin=True)
    commands.stream_input(handle.pid, (f"{number}\n".encode() for number in range(100)))
    commands.close_stdin(handle.pid)
    assert handle.wait().stdout == "".join(f"{number}\n" for number in range(100))


def much_output_is_whole():
    assert len(commands.run('head -c 20000000 /dev/zero | tr "\\0" x').stdout) == 20_000_000
    odd = commands.run("printf '\\303\\244\\342\\202\\254%.0s' $(seq 20000)").stdout
    assert odd == "ä€" * 20_000


def directories_and_files():
    assert files.make_dir(f"{WORK}/dir") is True
    assert files.make_dir(f"{WORK}/dir") is False
    written = files.write(f"{WORK}/dir/a.txt", "hello")
    assert (written.name, written.type, written.path) == ("a.txt", FileType.FILE, f"{WORK}/dir/a.txt")
    assert files.read(f"{WORK}/dir/a.txt") == "hello"
    assert files.exists(f"{WORK}/dir/a.txt") and not files.exists(f"{WORK}/dir/b.txt")
    info = files.get_info(f"{WORK}/dir/a.txt")
    assert (info.size, info.mode, info.permissions) == (5, 0o644, "-rw-r--r--")
    assert abs(info.modified_time.timestamp() - time.time()) < 3600
    assert files.rename(f"{WORK}/dir/a.txt", f"{WORK}/dir/b.txt").path == f"{WORK}/dir/b.txt"
    files.remove(f"{WORK}/dir/b.txt")
    files.remove(f"{WORK}/dir/never-was")
    assert files.list(f"{WORK}/dir") == []
    refused(NotFoundException, files.read, f"{WORK}/dir/b.txt")
    refused(NotFoundException, files.get_info, f"{WORK}/dir/b.txt")
    refused(NotFoundException, files.rename, f"{WORK}/dir/b.txt", f"{WORK}/dir/c.txt")
    refused(InvalidArgumentException, files.read, WORK)


def relative_paths_listings_and_links():
    files.write("of-the-test/one", "1")
    files.write("of-the-test/sub/two", "2")
    commands.run("ln -s one of-the-test/link")
    listed = files.list("of-the-test", depth=2)
    found = [(entry.name, entry.type) for entry in listed]
    assert found == [
        ("link", FileType.SYMLINK),
        ("one", FileType.FILE),
        ("sub", FileType.DIR),
        ("two", FileType.FILE),
    ], found
    assert listed[0].symlink_target == listed[1].path == f"{HOME}/of-the-test/one"
    assert len(files.list("of-the-test")) == 3
    files.remove("of-the-test")
    assert not files.exists("of-the-test")


def several_files_notes_users():
    written = files.write_files(
        [{"path": f"{WORK}/many/1", "data": "one"}, {"path": f"{WORK}/many/2", "data": b"\x01\x02"}]
    )
    assert [file.path for file in written] == [f"{WORK}/many/1", f"{WORK}/many/2"]
    files.write(f"{WORK}/noted", "x", metadata={"Author": "me"})
    assert files.get_info(f"{WORK}/noted").metadata == {"author": "me"}
    files.write("/tmp/of-another", "x", user=OTHER)
    assert files.get_info("/tmp/of-another").owner == OTHER
    files.remove("/tmp/of-another", user=OTHER)


def large_files_in_every_form():
    content, path = os.urandom(30_000_000), f"{WORK}/large"
    for data, options in (
        (content, {}),
        (content, {"use_octet_stream": True}),
        (content, {"gzip": True}),
        (io.BytesIO(content), {}),
        (iter([content[:1_000_000], content[1_000_000:]]), {}),
    ):
        files.write(path, data, **options)
        assert files.read(path, format="bytes") == content, options
    assert files.read(path, format="bytes", gzip=True) == content
    with files.read(path, format="stream") as stream:
        assert sum(len(chunk) for chunk in stream) == len(content)
    assert files.read(files.write(f"{WORK}/empty", "").path) == ""


def a_watch_sees_what_happens():
    files.make_dir(f"{WORK}/watched")
    watch = files.watch_dir(f"{WORK}/watched", recursive=True, include_entry=True)
    files.write(f"{WORK}/watched/file", "x")
    kind = FilesystemEventType
    events = watch.get_new_events()
    assert [(event.type, event.name) for event in events] == [(kind.CREATE, "file"), (kind.WRITE, "file")]
    assert events[0].entry.path == f"{WORK}/watched/file"
    files.make_dir(f"{WORK}/watched/sub")
    files.write(f"{WORK}/watched/sub/file", "x")
    commands.run(f"chmod 600 {WORK}/watched/file && mv {WORK}/watched/file {WORK}/watched/moved")
    files.remove(f"{WORK}/watched/moved")
    seen = [(event.type, event.name) for event in watch.get_new_events()]
    for event in (
        (kind.CREATE, "sub"),
        (kind.WRITE, "sub/file"),
        (kind.CHMOD, "file"),
        (kind.RENAME, "file"),
        (kind.REMOVE, "moved"),
    ):
        assert event in seen, (event, seen)
    watch.stop()
    refused(NotFoundException, files.watch_dir, f"{WORK}/missing")
    refused(InvalidArgumentException, files.watch_dir, f"{WORK}/noted")


def a_terminal():
    terminal = pty.create(PtySize(rows=24, cols=80), timeout=0, envs={"WORD": "sesame"})
    screen = []
    reader = threading.Thread(target=lambda: read_screen(terminal, screen), daemon=True)
    reader.start()
    saw = lambda text: text in b"".join(screen)
    pty.send_stdin(terminal.pid, b"stty size; echo $WORD $TERM\n")
    until("the size", lambda: saw(b"24 80") and saw(b"sesame xterm"))
    pty.resize(terminal.pid, PtySize(rows=40, cols=120))
    pty.send_stdin(terminal.pid, b"stty size\n")
    until("the new size", lambda: saw(b"40 120"))
    joined, again = pty.connect(terminal.pid, timeout=0), []
    second = threading.Thread(target=lambda: read_screen(joined, again), daemon=True)
    second.start()
    pty.send_stdin(terminal.pid, b"echo $((6 * 7))\n")
    until("the answer", lambda: b"42" in b"".join(again))
    assert pty.kill(terminal.pid) is True
    for thread in (reader, second):
        thread.join(60)
        assert not thread.is_alive()
    assert pty.kill(terminal.pid) is False


def read_screen(terminal, screen):
    try:
        for _, _, data in terminal:
            if data:
                screen.append(data)
    except CommandExitException:
        pass


def git_works():
    origin, path, copy = (f"{WORK}/{name}" for name in ("origin.git", "repo", "copy"))
    git.init(origin, bare=True, initial_branch="main")
    git.init(path, initial_branch="main")
    git.configure_user("Ann", "ann@example.com", scope="local", path=path)
    assert git.get_config("user.name", scope="local", path=path) == "Ann"
    files.write(f"{path}/README.md", "hello")
    assert git.status(path).has_untracked
    git.add(path)
    git.commit(path, "First")
    assert git.status(path).is_clean
    git.create_branch(path, "other")
    git.checkout_branch(path, "main")
    branches = git.branches(path)
    assert (sorted(branches.branches), branches.current_branch) == (["main", "other"], "main")
    git.delete_branch(path, "other", force=True)
    git.remote_add(path, "origin", origin)
    assert git.remote_get(path, "origin") == origin
    git.push(path, remote="origin", branch="main", set_upstream=True)
    git.clone(origin, copy, branch="main")
    assert files.read(f"{copy}/README.md") == "hello"
    files.write(f"{path}/README.md", "changed")
    git.restore(path, paths=["README.md"])
    assert files.read(f"{path}/README.md") == "hello"
    files.write(f"{path}/more", "x")
    git.add(path)
    git.commit(path, "Second")
    git.push(path)
    git.pull(copy)
    assert files.exists(f"{copy}/more")
    git.reset(path, mode="hard", target="HEAD~1")
    assert not files.exists(f"{path}/more")


def nothing_is_left():
    files.remove(WORK)
    until("the end of all processes", lambda: commands.list() == [])


STEPS = [
    a_command_runs_to_its_end,
    an_exit_code_is_an_error,
    output_arrives_as_it_is_made,
    environment_directory_and_user,
    a_time_limit_ends_a_command,
    a_command_in_the_background_is_listed_joined_and_killed,
    a_command_outlives_its_client,
    input_and_its_end,
    input_as_a_stream,
    much_output_is_whole,
    directories_and_files,
    relative_paths_listings_and_links,
    several_files_notes_users,
    large_files_in_every_form,
    a_watch_sees_what_happens,
    a_terminal,
    git_works,
    nothing_is_left,
]

assert sandbox.is_running()
for step in STEPS:
    start = time.monotonic()
    step()
    print(f"ok {step.__name__.replace('_', ' ')} ({(time.monotonic() - start) * 1000:.0f} ms)", flush=True)
