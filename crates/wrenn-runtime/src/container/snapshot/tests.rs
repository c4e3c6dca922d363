use std::os::unix::fs::{FileTypeExt, symlink};

use rustix::fs::{XattrFlags, lgetxattr, lsetxattr};

use super::*;

const FIRST: u32 = 700_000;

fn own(path: &Path, uid: u32, gid: u32) {
    lchown(path, Some(FIRST + uid), Some(FIRST + gid)).unwrap();
}

/// A private layer with one of each kind of file.
fn layer(at: &Path) {
    fs::create_dir_all(at.join("dir/below")).unwrap();
    fs::write(at.join("dir/file"), "hello").unwrap();
    own(&at.join("dir/file"), 1000, 1001);
    fs::set_permissions(at.join("dir/file"), fs::Permissions::from_mode(0o4751)).unwrap();
    fs::hard_link(at.join("dir/file"), at.join("dir/below/again")).unwrap();
    symlink("/nowhere", at.join("link")).unwrap();
    own(&at.join("link"), 5, 5);
    mknodat(CWD, at.join("gone"), FileType::CharacterDevice, Mode::empty(), 0).unwrap();
    mknodat(CWD, at.join("fifo"), FileType::Fifo, Mode::RWXU, 0).unwrap();
    mknodat(CWD, at.join("socket"), FileType::Socket, Mode::RWXU, 0).unwrap();
    let holes = fs::File::create(at.join("holes")).unwrap();
    std::os::unix::fs::FileExt::write_at(&holes, b"end", 1 << 30).unwrap();
    lsetxattr(at.join("dir"), "trusted.overlay.opaque", b"y", XattrFlags::empty()).unwrap();
    lsetxattr(at.join("dir"), "trusted.overlay.origin", b"?", XattrFlags::empty()).unwrap();
    lsetxattr(at.join("dir/file"), "user.note", b"kept", XattrFlags::empty()).unwrap();
    own(&at.join("dir"), 0, 0);
}

fn attribute(path: &Path, name: &str) -> Option<Vec<u8>> {
    let mut buffer = [0_u8; 64];
    let length = lgetxattr(path, name, &mut buffer[..]).ok()?;
    Some(buffer[..length].to_vec())
}

#[test]
fn every_kind_of_file_is_copied_with_ids_as_inside() {
    let directory = tempfile::tempdir().unwrap();
    let (from, to) = (directory.path().join("upper"), directory.path().join("layer"));
    layer(&from);
    copy_layer(FIRST, &from, &to).unwrap();

    let file = fs::symlink_metadata(to.join("dir/file")).unwrap();
    assert_eq!((file.uid(), file.gid(), file.mode() & 0o7777), (1000, 1001, 0o4751));
    assert_eq!(file.mtime(), fs::symlink_metadata(from.join("dir/file")).unwrap().mtime());
    assert_eq!(fs::read(to.join("dir/below/again")).unwrap(), b"hello");
    assert_eq!(fs::symlink_metadata(to.join("dir/below/again")).unwrap().ino(), file.ino());
    assert_eq!(fs::read_link(to.join("link")).unwrap(), Path::new("/nowhere"));
    assert_eq!(fs::symlink_metadata(to.join("link")).unwrap().uid(), 5);
    let gone = fs::symlink_metadata(to.join("gone")).unwrap();
    assert!(gone.file_type().is_char_device() && gone.rdev() == 0);
    assert!(fs::symlink_metadata(to.join("fifo")).unwrap().file_type().is_fifo());
    assert!(fs::symlink_metadata(to.join("socket")).unwrap().file_type().is_socket());
    let holes = fs::symlink_metadata(to.join("holes")).unwrap();
    assert_eq!(holes.len(), (1 << 30) + 3);
    assert!(holes.blocks() * 512 < 1 << 20, "{} blocks", holes.blocks());
    assert_eq!(attribute(&to.join("dir"), "trusted.overlay.opaque").unwrap(), b"y");
    assert_eq!(attribute(&to.join("dir"), "trusted.overlay.origin"), None);
    assert_eq!(attribute(&to.join("dir/file"), "user.note").unwrap(), b"kept");
    assert_eq!(fs::symlink_metadata(to.join("dir")).unwrap().uid(), 0);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2, "nothing else is left beside");
}

#[test]
fn a_copy_that_fails_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let error =
        copy_layer(FIRST, &directory.path().join("missing"), &directory.path().join("layer")).unwrap_err();
    assert!(error.to_string().starts_with("cannot read"), "{error}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}
