//! What the machine itself needs for the same things: the figures beside which ours are read.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use wrenn_runtime::template::TemplateStore;

use crate::{report::Row, series::Series};

/// A plain spawn of `/bin/true`, waited for.
pub(crate) fn spawn(count: usize) -> anyhow::Result<Row> {
    let mut series = Series::default();
    for _ in 0..count {
        let started = Instant::now();
        let status = Command::new("/bin/true").status().context("cannot run /bin/true")?;
        series.push(started.elapsed());
        ensure!(status.success(), "/bin/true failed");
    }
    Ok(Row::times("floor: plain spawn of /bin/true", &series))
}

/// `cp` of a file that is in the page cache, in MB/s.
pub(crate) fn copy(from: &Path, to: &Path, bytes: u64) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let status = Command::new("cp").arg(from).arg(to).status().context("cannot run cp")?;
    let time = started.elapsed();
    ensure!(status.success(), "cp failed");
    ensure!(to.metadata()?.len() == bytes, "cp copied less than the file");
    std::fs::remove_file(to)?;
    Ok(time)
}

/// `crun run` of `/bin/true` over the template's files, with the namespaces that every container has.
pub(crate) fn crun(rootfs: &Path, scratch: &Path, count: usize) -> anyhow::Result<Row> {
    let bundle = scratch.join("bundle");
    std::fs::create_dir_all(&bundle)?;
    std::fs::write(bundle.join("config.json"), bundle_config(rootfs).to_string())?;
    // crun 1.8 refuses a hybrid machine's unified hierarchy; it is out of sight in a mount namespace of our own.
    let script = format!(
        "mount --make-rprivate / && {{ umount -l /sys/fs/cgroup/unified 2>/dev/null || true; }}\n\
         for i in $(seq {count}); do\n\
           started=$(date +%s%N)\n\
           : | crun run --bundle '{}' wrenn-floor-$$-$i 2>&1 | cat >&2\n\
           echo $(( $(date +%s%N) - started ))\n\
         done",
        bundle.display()
    );
    let output = Command::new("unshare")
        .args(["--mount", "bash", "-c", &script])
        .output()
        .context("cannot run unshare")?;
    ensure!(output.status.success(), "the floor of crun failed: {}", String::from_utf8_lossy(&output.stderr));
    ensure!(output.stderr.is_empty(), "crun failed: {}", String::from_utf8_lossy(&output.stderr));
    let times = String::from_utf8(output.stdout)?;
    let series: Series =
        times.lines().map(|line| line.parse().map(Duration::from_nanos)).collect::<Result<_, _>>()?;
    Ok(Row::times("floor: crun run of /bin/true", &series))
}

fn bundle_config(rootfs: &Path) -> serde_json::Value {
    let namespaces: Vec<_> = ["pid", "mount", "ipc", "uts", "network", "cgroup"]
        .iter()
        .map(|kind| serde_json::json!({ "type": kind }))
        .collect();
    serde_json::json!({
        "ociVersion": "1.0.2",
        "process": {
            "terminal": false, "user": { "uid": 0, "gid": 0 }, "args": ["/bin/true"],
            "env": ["PATH=/usr/bin:/bin"], "cwd": "/",
        },
        "root": { "path": rootfs, "readonly": true },
        "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }],
        "linux": {
            "namespaces": namespaces,
            "resources": { "memory": { "limit": 536_870_912_u64 }, "pids": { "limit": 512 } },
        },
    })
}

/// Where the files of template `minimal` are.
pub(crate) fn template_layer(data_dir: &Path) -> anyhow::Result<PathBuf> {
    let template = TemplateStore::open(data_dir.join("templates"))?.resolve(None, "minimal")?;
    template.layers.into_iter().next().context("the template minimal has no files")
}
