//! Files in real capsules.

use std::{
    io::{Read, Write},
    os::unix::fs::MetadataExt,
};

use wrenn::{Capsule, Error};
use wrenn_tests::TestServer;

#[tokio::test]
async fn files_are_written_read_listed_moved_and_removed() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let files = capsule.files();

    files.write("/app/src/main.py", "print('hello')").await.unwrap();
    assert_eq!(files.read_to_string("/app/src/main.py").await.unwrap(), "print('hello')");
    files.write("/app/src/main.py", "").await.unwrap();
    assert_eq!(files.read("/app/src/main.py").await.unwrap().len(), 0, "an empty file replaces a longer one");
    files.write("notes.txt", "relative").await.unwrap();
    assert_eq!(files.read_to_string("/root/notes.txt").await.unwrap(), "relative");

    let made = files.mkdir("/app/data/deep").await.unwrap();
    assert_eq!(made.path, "/app/data/deep");
    assert_eq!(files.mkdir("/app/data/deep").await.unwrap().path, "/app/data/deep", "a second time is fine");
    let in_the_way = files.mkdir("/app/src/main.py").await;
    assert!(matches!(in_the_way, Err(Error::Conflict(_))), "{in_the_way:?}");

    let names = |entries: Vec<wrenn::FileEntry>| {
        let mut names: Vec<_> = entries.into_iter().map(|entry| entry.path).collect();
        names.sort();
        names
    };
    assert_eq!(names(files.list("/app").await.unwrap()), ["/app/data", "/app/src"]);
    let deep = names(files.list_depth("/app", 2).await.unwrap());
    assert_eq!(deep, ["/app/data", "/app/data/deep", "/app/src", "/app/src/main.py"]);

    files.move_("/app/src/main.py", "/app/data/moved.py").await.unwrap();
    assert!(!files.exists("/app/src/main.py").await.unwrap());
    assert_eq!(files.stat("/app/data/moved.py").await.unwrap().name, "moved.py");

    files.remove("/app").await.unwrap();
    for missing in [files.read("/app/data/moved.py").await.map(|_| ()), files.remove("/app").await] {
        assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
    }
    server.assert_clean().await;
}

#[tokio::test]
async fn an_entry_tells_what_ls_tells() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let script =
        "cd /tmp && printf 12345 > file && chmod 640 file && chown user:user file && ln -s file link";
    assert!(capsule.commands().exec("sh").args(["-c", script]).await.unwrap().success());
    let file = capsule.files().stat("/tmp/file").await.unwrap();
    assert_eq!((file.size, file.permissions.as_str()), (5, "-rw-r-----"));
    assert_eq!((file.owner.as_str(), file.group.as_str()), ("user", "user"));
    let link = capsule.files().stat("/tmp/link").await.unwrap();
    assert_eq!(link.kind, wrenn::FileType::Symlink);
    assert_eq!(link.symlink_target.as_deref().map(|target| target.ends_with("file")), Some(true), "{link:?}");
}

#[tokio::test]
async fn a_part_of_a_file_can_be_read() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    capsule.files().write("/tmp/letters", "abcdefghij").await.unwrap();
    let part =
        capsule.files().download_range("/tmp/letters", 3, Some(4)).await.unwrap().bytes().await.unwrap();
    assert_eq!(part.as_ref(), b"defg");
    let rest = capsule.files().download_range("/tmp/letters", 8, None).await.unwrap().bytes().await.unwrap();
    assert_eq!(rest.as_ref(), b"ij");
}

#[tokio::test]
async fn what_a_capsule_writes_belongs_to_nobody_on_the_host() {
    let server = TestServer::of_containers().await;
    let capsule = server.capsule().await;
    capsule.files().write("/root/mine", "by root inside").await.unwrap();
    let dir = server.data_dir().join("capsules").join(capsule.id());
    let mut found = 0;
    let mut open = vec![dir];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            } else if entry.file_name() == "mine" {
                let owner = entry.metadata().unwrap();
                assert!(
                    owner.uid() >= 65_536 && owner.gid() >= 65_536,
                    "owned by {} on the host",
                    owner.uid()
                );
                found += 1;
            }
        }
    }
    assert_eq!(found, 1, "the file is in the capsule's own layer");
}

/// 2 GiB that are no repetition of a block, so that a lost or doubled piece shows.
struct Numbers {
    next: u64,
    end: u64,
}

const LARGE: u64 = 2 << 30;

impl Read for Numbers {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut filled = 0;
        for word in buffer.chunks_exact_mut(8) {
            if self.next == self.end {
                break;
            }
            word.copy_from_slice(&self.next.to_le_bytes());
            self.next += 1;
            filled += 8;
        }
        Ok(filled)
    }
}

/// Compares what it is given with [`Numbers`], in whatever pieces it comes.
#[derive(Default)]
struct Check {
    next: u64,
    rest: Vec<u8>,
}

impl Write for Check {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() / 8 * 8;
        for word in self.rest[..whole].chunks_exact(8) {
            assert_eq!(word, self.next.to_le_bytes(), "at number {}", self.next);
            self.next += 1;
        }
        self.rest.drain(..whole);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        assert!(self.rest.is_empty(), "the file ends inside a number");
        Ok(())
    }
}

/// The peak of a process's resident memory in MiB, or of this process's.
fn peak_mib(pid: u32) -> u64 {
    peak_in(&std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process lives"))
}

/// Of a capsule's agent, which is the first process inside.
async fn agent_peak_mib(capsule: &Capsule) -> u64 {
    peak_in(&capsule.commands().exec("cat").arg("/proc/1/status").await.unwrap().stdout)
}

fn peak_in(status: &str) -> u64 {
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("VmHWM");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number") / 1024
}

#[tokio::test]
async fn two_gigabytes_go_up_and_come_down_in_flat_memory() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let before = (peak_mib(server.pid()), agent_peak_mib(&capsule).await, peak_mib(std::process::id()));

    let numbers = Numbers { next: 0, end: LARGE / 8 };
    capsule.files().upload_reader(numbers, Some(LARGE), "/data/large").await.unwrap();
    assert_eq!(capsule.files().stat("/data/large").await.unwrap().size, LARGE);
    let written =
        capsule.files().download("/data/large").await.unwrap().write_to(Check::default()).await.unwrap();
    assert_eq!(written, LARGE);

    let after = (peak_mib(server.pid()), agent_peak_mib(&capsule).await, peak_mib(std::process::id()));
    let grown = (after.0 - before.0, after.1 - before.1, after.2 - before.2);
    println!("grown by MiB: server {}, agent {}, SDK {}", grown.0, grown.1, grown.2);
    assert!(
        grown.0 < 64 && grown.1 < 32 && grown.2 < 64,
        "memory grew by {grown:?} MiB (server, agent, SDK)"
    );
    server.assert_clean().await;
}

#[tokio::test]
async fn an_upload_that_is_cut_leaves_the_old_file() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    capsule.files().write("/data/file", "old").await.unwrap();
    let pieces = futures_util::stream::iter((0..200).map(|piece| {
        if piece < 199 { Ok(vec![7_u8; 64 * 1024]) } else { Err(std::io::Error::other("the source broke")) }
    }));
    let cut = capsule.files().upload_stream(pieces, "/data/file").await;
    assert!(cut.is_err(), "{cut:?}");
    wrenn_tests::eventually("the rest of the upload is gone", || async {
        let entries = capsule.files().list("/data").await.unwrap();
        (entries.len() == 1).then_some(())
    })
    .await;
    assert_eq!(capsule.files().read_to_string("/data/file").await.unwrap(), "old");
}
