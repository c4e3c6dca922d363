//! The files that make a machine an individual: its names and its id.

use std::{
    fs, io,
    net::Ipv4Addr,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

/// Marks the line of `/etc/hosts` that is ours; containers' hosts mark theirs alike, so that either finds the other's.
const MARK: &str = "# this capsule";
const PLAIN_HOSTS: &str = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";

/// Names the machine, in the kernel and in the files that tell programs.
pub(crate) fn set_hostname(name: &str) -> io::Result<()> {
    rustix::system::sethostname(name.as_bytes())?;
    let path = Path::new("/etc/hosts");
    let present = fs::read_to_string(path).ok();
    let hosts = hosts(present.as_deref().unwrap_or(PLAIN_HOSTS), name);
    for (path, content) in [(Path::new("/etc/hostname"), format!("{name}\n")), (path, hosts)] {
        // The name is set, and a capsule whose disk is full must be able to go on.
        if let Err(error) = replace(path, &content) {
            tracing::warn!(path = %path.display(), %error, "the host name cannot be written down");
        }
    }
    Ok(())
}

/// Has programs ask that address for names.
pub(super) fn set_resolver(address: Ipv4Addr) -> io::Result<()> {
    replace(Path::new("/etc/resolv.conf"), &format!("nameserver {address}\n"))
}

/// Gives the machine that id where it has one at all.
pub(crate) fn set_machine_id(id: &str) -> io::Result<()> {
    give_id(Path::new("/etc/machine-id"), id)
}

fn give_id(path: &Path, id: &str) -> io::Result<()> {
    let content = format!("{id}\n");
    match fs::metadata(path) {
        // A capsule that goes on has its id, and may have no room for a file.
        Ok(found) if found.is_file() && fs::read(path).is_ok_and(|found| found == content.as_bytes()) => {
            Ok(())
        }
        Ok(found) if found.is_file() => {
            let mode = found.permissions().mode() & 0o777;
            write(&fs::canonicalize(path)?, &content, mode)
        }
        _ => Ok(()),
    }
}

fn hosts(present: &str, hostname: &str) -> String {
    let mut text: String =
        present.lines().filter(|line| !line.ends_with(MARK)).map(|line| format!("{line}\n")).collect();
    text += &format!("127.0.1.1\t{hostname} {MARK}\n");
    text
}

/// Puts a file in the place of whatever is there; where there is no `/etc`, there is nobody to read it.
fn replace(path: &Path, content: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(path);
    if !fs::symlink_metadata(directory).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    if is_file && fs::read(path).is_ok_and(|found| found == content.as_bytes()) {
        return Ok(());
    }
    write(path, content, 0o644)
}

/// Whole or not at all.
fn write(path: &Path, content: &str, mode: u32) -> io::Result<()> {
    let aside = path.with_extension("wrenn-new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&aside)?;
    let written = io::Write::write_all(&mut file, content.as_bytes()).and_then(|()| fs::rename(&aside, path));
    if written.is_err() {
        fs::remove_file(&aside).ok();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_name_goes_and_other_lines_stay() {
        let text = hosts("127.0.0.1 localhost\n127.0.1.1\told # this capsule\n10.0.0.1 db\n", "new");
        assert_eq!(text, "127.0.0.1 localhost\n10.0.0.1 db\n127.0.1.1\tnew # this capsule\n");
    }

    #[test]
    fn an_id_that_is_right_is_not_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("machine-id");
        give_id(&path, "new").unwrap();
        assert!(!path.exists(), "one that is not there is not made");
        fs::write(&path, "old\n").unwrap();
        give_id(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
        // Another file would have to be made aside.
        fs::create_dir(path.with_extension("wrenn-new")).unwrap();
        give_id(&path, "new").unwrap();
        give_id(&path, "other").unwrap_err();
    }

    #[test]
    fn a_link_is_replaced_and_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        fs::write(&real, "untouched").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace(&link, "new\n").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "untouched");
        assert_eq!(fs::read_to_string(&link).unwrap(), "new\n");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
