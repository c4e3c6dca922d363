//! Which modules of the kernel a guest needs.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::error::{Error, Result};

/// In the order in which they are to be loaded, but for what each depends on. ext4 is part of the kernel.
const WANTED: [&str; 8] = [
    "virtio_pci",
    "virtio_mmio",
    "virtio_console",
    "virtio_rng",
    "virtio_blk",
    "virtio_net",
    "erofs",
    "overlay",
];

/// Their files below `all`, each after those that it depends on.
pub(super) fn needed(all: &Path) -> Result<Vec<PathBuf>> {
    let mut files = HashMap::new();
    find(all, &mut files).map_err(Error::file("list the modules in", all))?;
    let mut order = Vec::new();
    for name in WANTED {
        add(name, &files, &mut order)?;
    }
    Ok(order)
}

fn add(name: &str, files: &HashMap<String, PathBuf>, order: &mut Vec<PathBuf>) -> Result<()> {
    let path =
        files.get(name).ok_or_else(|| Error::Malformed { path: PathBuf::from(format!("{name}.ko")) })?;
    if order.contains(path) {
        return Ok(());
    }
    let module = fs::read(path).map_err(Error::file("read", path))?;
    for dependency in dependencies(&module) {
        add(&dependency, files, order)?;
    }
    order.push(path.clone());
    Ok(())
}

/// A module says itself what it depends on.
fn dependencies(module: &[u8]) -> Vec<String> {
    const FIELD: &[u8] = b"\0depends=";
    let Some(at) = module.windows(FIELD.len()).position(|bytes| bytes == FIELD) else { return Vec::new() };
    let value = module[at + FIELD.len()..].split(|byte| *byte == 0).next().unwrap_or_default();
    let value = String::from_utf8_lossy(value);
    value.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// By name, in which a dash is as good as an underscore.
fn find(dir: &Path, files: &mut HashMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            find(&path, files)?;
        } else if let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".ko")) {
            files.insert(name.replace('-', "_"), path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_come_first_and_once() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("deep")).unwrap();
        for name in WANTED {
            let depends = if name.starts_with("virtio") { "ring,core" } else { "" };
            let file = name.replace("virtio_rng", "virtio-rng");
            let content = format!("ELF\0license=GPL\0depends={depends}\0name={name}\0");
            fs::write(dir.path().join(format!("deep/{file}.ko")), content).unwrap();
        }
        fs::write(dir.path().join("ring.ko"), "\0depends=\0").unwrap();
        fs::write(dir.path().join("core.ko"), "\0depends=ring\0").unwrap();
        let found = needed(dir.path()).unwrap();
        let names: Vec<_> = found.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
        assert_eq!(names[..4], ["ring", "core", "virtio_pci", "virtio_mmio"]);
        assert_eq!(names.len(), 10);
        fs::remove_file(dir.path().join("ring.ko")).unwrap();
        let error = needed(dir.path()).unwrap_err();
        assert_eq!(error.to_string(), "cannot understand ring.ko");
    }
}
