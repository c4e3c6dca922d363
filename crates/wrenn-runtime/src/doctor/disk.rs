//! Room for capsules.

use std::path::Path;

use super::Check;

const GIB: u64 = 1 << 30;

pub(super) fn space(data_dir: &Path) -> Check {
    let (name, place) = ("disk space", existing_ancestor(data_dir));
    let found = match rustix::fs::statvfs(place) {
        Ok(found) => found,
        Err(error) => {
            return Check::bad(name, format!("{}: {error}", place.display()), "choose another --data-dir");
        }
    };
    let free = found.f_bavail * found.f_frsize;
    #[expect(clippy::cast_precision_loss, reason = "it is printed with one decimal")]
    let detail = format!("{:.1} GiB free below {}", free as f64 / GIB as f64, place.display());
    let remedy = "free some space, or choose another --data-dir";
    match free / GIB {
        0 => Check::bad(name, detail, remedy),
        1..5 => Check::warning(name, detail, remedy),
        _ => Check::good(name, detail),
    }
}

/// The directory itself, or the nearest one above it that is there.
pub(super) fn existing_ancestor(path: &Path) -> &Path {
    path.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("/"))
}
