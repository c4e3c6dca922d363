//! The files that make the private layer a machine of its own: its name, and whom it asks for names.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown},
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Result},
    runtime::CapsuleSpec,
};

/// Marks the line of `/etc/hosts` that is ours, so that a capsule made from a snapshot does not keep the old one.
const MARK: &str = "# this capsule";
/// The largest `/etc/hosts` that is carried on, in bytes.
const MAX_HOSTS: u64 = 1 << 20;
const PLAIN_HOSTS: &str = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";

/// Where every capsule asks for names: its own loopback interface, on which the server answers.
const RESOLVER: &str = "nameserver 169.254.1.53\n";

/// Makes the empty private layer and writes `/etc/hostname`, `/etc/hosts` and `/etc/resolv.conf` in it.
pub(super) fn prepare(spec: &CapsuleSpec, upper: &Path) -> Result<()> {
    make_directory(spec, upper, find(spec, Path::new("")))?;
    let etc = upper.join("etc");
    match find(spec, Path::new("etc")) {
        // A layer in which /etc is a link or a file is left as it is.
        Some((_, found)) if !found.is_dir() => return Ok(()),
        found => make_directory(spec, &etc, found)?,
    }
    let present = find(spec, Path::new("etc/hosts")).and_then(|(path, found)| read(&path, &found));
    write_name(spec, &etc, present.as_deref())?;
    write_file(spec, &etc.join("resolv.conf"), RESOLVER)
}

/// Gives another capsule's private layer, of which `upper` is a copy, this capsule's name, and leaves all else as it is. Nothing inside can be trusted to
/// be what it was, but nobody changes it any more.
pub(super) fn rename(spec: &CapsuleSpec, upper: &Path) -> Result<()> {
    let etc = upper.join("etc");
    if !fs::symlink_metadata(&etc).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    let path = etc.join("hosts");
    let present = fs::symlink_metadata(&path).ok().and_then(|found| read(&path, &found));
    for path in [path, etc.join("hostname")] {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => return Ok(()),
            Ok(_) => fs::remove_file(&path).map_err(Error::file("remove", &path))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::file("read", &path)(error)),
        }
    }
    write_name(spec, &etc, present.as_deref())
}

fn write_name(spec: &CapsuleSpec, etc: &Path, present: Option<&str>) -> Result<()> {
    write_file(spec, &etc.join("hosts"), &hosts(present.unwrap_or(PLAIN_HOSTS), &spec.hostname))?;
    write_file(spec, &etc.join("hostname"), &format!("{}\n", spec.hostname))
}

/// The text of a file, if it is one of a usual size.
fn read(path: &Path, found: &fs::Metadata) -> Option<String> {
    (found.is_file() && found.len() <= MAX_HOSTS).then(|| fs::read_to_string(path).ok())?
}

fn hosts(present: &str, hostname: &str) -> String {
    let mut text: String =
        present.lines().filter(|line| !line.ends_with(MARK)).map(|line| format!("{line}\n")).collect();
    text += &format!("127.0.1.1\t{hostname} {MARK}\n");
    text
}

/// The uppermost layer's entry at `path`, which it or one of its parents may also hide.
fn find(spec: &CapsuleSpec, path: &Path) -> Option<(PathBuf, fs::Metadata)> {
    spec.layers.iter().find_map(|layer| {
        let path = layer.join(path);
        fs::symlink_metadata(&path).ok().map(|found| (path, found))
    })
}

/// Like the layer's directory that it will cover.
fn make_directory(spec: &CapsuleSpec, path: &Path, like: Option<(PathBuf, fs::Metadata)>) -> Result<()> {
    let (mode, uid, gid) =
        like.map_or((0o755, 0, 0), |(_, like)| (like.mode() & 0o7777, like.uid(), like.gid()));
    fs::DirBuilder::new()
        .mode(mode)
        .create(path)
        .and_then(|()| chown(path, Some(spec.first_id + uid), Some(spec.first_id + gid)))
        .and_then(|()| fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)))
        .map_err(Error::file("create", path))
}

fn write_file(spec: &CapsuleSpec, path: &Path, content: &str) -> Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o644)
        .open(path)
        .and_then(|mut file| io::Write::write_all(&mut file, content.as_bytes()))
        .and_then(|()| chown(path, Some(spec.first_id), Some(spec.first_id)))
        .map_err(Error::file("create", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_name_goes_and_other_lines_stay() {
        let text = hosts("127.0.0.1 localhost\n127.0.1.1\told # this capsule\n10.0.0.1 db\n", "new");
        assert_eq!(text, "127.0.0.1 localhost\n10.0.0.1 db\n127.0.1.1\tnew # this capsule\n");
    }
}
