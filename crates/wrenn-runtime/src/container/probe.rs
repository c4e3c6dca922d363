//! Trying what every creation needs, without a capsule.

use std::{fs, path::Path};

use super::stage;
use crate::{
    error::{Error, Result},
    runtime::CapsuleSpec,
};

/// Mounts an overlay with mapped ids on directories below `dir`, in a thread that ends with its mounts.
pub(crate) fn mounts(dir: &Path) -> Result<()> {
    let [layer, upper, work, place] = ["layer", "upper", "work", "stage"].map(|name| dir.join(name));
    for path in [&layer, &upper, &work, &place] {
        fs::create_dir(path).map_err(Error::file("create", path))?;
    }
    let agent = dir.join("agent");
    fs::write(&agent, "").map_err(Error::file("create", &agent))?;
    let spec = CapsuleSpec {
        id: "probe".to_owned(),
        dir: dir.to_owned(),
        layers: vec![layer],
        hostname: "probe".to_owned(),
        vcpus: 1,
        memory_mb: 1,
        max_pids: 1,
        first_id: 1_000_000,
    };
    std::thread::scope(|scope| {
        let probe = scope.spawn(|| stage::stage(&spec, &upper, &work, &agent, &agent, &place).map(|_| ()));
        probe.join().unwrap_or_else(|_| {
            Err(Error::system("try mounts")(std::io::Error::other("the thread panicked")))
        })
    })
}
