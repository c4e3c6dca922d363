//! Copies of a capsule's files as layers for others.

use std::sync::Arc;

use super::{Capsule, Subject};

/// What was made, changed and removed is so in a capsule that is made from the copy, down to owners, modes, links and
/// attributes; the copied capsule goes on unharmed.
pub async fn a_copy_has_every_change(subject: &dyn Subject) {
    let original = Capsule::create(subject).await;
    original
        .must(
            "cd /root && echo made > made && ln made linked && ln -s made symlink && mkfifo fifo
             chown user:user made && chmod 4711 made
             rm /usr/bin/env && rm -r /usr/share/doc && mkdir /usr/share/doc && echo new > /usr/share/doc/new
             mv /home /house && truncate -s 1G holes && echo '127.0.0.1 db' >> /etc/hosts
             python3 -c 'import os; os.setxattr(\"made\", \"user.note\", b\"kept\")'",
        )
        .await;
    let layer = original.spec.dir.join("layer");
    original.runtime.pause(&original.spec).await.unwrap();
    original.runtime.snapshot(&original.spec, &layer).await.unwrap();
    original.resume().await;
    original.must("echo later > /root/later").await;

    let mut spec = subject.spec();
    spec.layers.insert(0, layer);
    spec.hostname = String::from("copied");
    let copy = Capsule::create_from(Arc::clone(&original.runtime), spec).await;
    assert_eq!(copy.must("stat -c '%U %G %a %h' /root/made").await, "user user 4711 2");
    assert_eq!(
        copy.must("cat /root/linked; readlink /root/symlink; ls /usr/share/doc").await,
        "made\nmade\nnew"
    );
    copy.must("test -p /root/fifo && test ! -e /usr/bin/env && test ! -e /root/later").await;
    copy.must("test -d /house/user && test ! -e /home && test $(stat -c %U /house/user) = user").await;
    assert_eq!(copy.must("stat -c '%s %b' /root/holes").await, "1073741824 0");
    assert_eq!(
        copy.must("python3 -c 'import os; print(os.getxattr(\"/root/made\", \"user.note\"))'").await,
        "b'kept'"
    );
    assert_eq!(copy.must("cat /etc/hostname; hostname; grep -c db /etc/hosts").await, "copied\ncopied\n1");
    assert_eq!(copy.must("getent hosts copied | wc -l; stat -c %u /").await, "1\n0");
    copy.must("mkdir /home && mv /house/user /home && rm -r /usr/share/doc").await;

    let second = original.spec.dir.join("second");
    copy.runtime.pause(&copy.spec).await.unwrap();
    copy.runtime.snapshot(&copy.spec, &second).await.unwrap();
    let mut spec = subject.spec();
    spec.layers.splice(0..0, [second, original.spec.dir.join("layer")]);
    let third = Capsule::create_from(Arc::clone(&original.runtime), spec).await;
    third
        .must("test -d /home/user && test ! -e /house/user && test ! -e /usr/share/doc && test -e /root/made")
        .await;
    third.destroy().await;
    copy.destroy().await;
    original.destroy().await;
}

/// A copy that cannot be made leaves nothing where it was to be.
pub async fn a_failed_copy_leaves_nothing(subject: &dyn Subject) {
    let (runtime, spec) = (subject.runtime(), subject.spec());
    let layer = spec.dir.join("layer");
    runtime.snapshot(&spec, &layer).await.unwrap_err();
    assert_eq!(std::fs::read_dir(&spec.dir).unwrap().count(), 0);
}
