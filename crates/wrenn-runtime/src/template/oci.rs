//! Images in the formats that image builders read and write.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{builtin::hex, error::TemplateError, labels, record::Defaults};

/// The search path of programs in images that do not say another.
pub(super) const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// An image that a builder has written.
#[derive(Debug)]
pub(super) struct Layout {
    /// The digests of the unpacked layers, lowest first.
    pub diff_ids: Vec<String>,
    /// The archives of the layers, lowest first.
    pub archives: Vec<PathBuf>,
    /// What commands begin with, without what the labels say.
    pub defaults: Defaults,
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// Instructions that have no effect on capsules.
    pub ignored: Vec<&'static str>,
}

/// Makes an image layout (blobs named by their SHA-256) in `dir` from the archive `layer.tar` that is in it already, and returns the layer's digest.
pub(super) fn write(dir: &Path, defaults: &Defaults) -> Result<String, TemplateError> {
    let archive = dir.join("layer.tar");
    let (layer, size) = digest_file(&archive)?;
    let blobs = dir.join("blobs/sha256");
    fs::create_dir_all(&blobs).map_err(TemplateError::file("create directory", &blobs))?;
    fs::rename(&archive, blobs.join(&layer)).map_err(TemplateError::file("rename", &archive))?;

    let mut envs = BTreeMap::from([("PATH".to_owned(), DEFAULT_PATH.to_owned())]);
    envs.extend(defaults.envs.clone());
    let envs: Vec<_> = envs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let config = json!({
        "architecture": architecture(),
        "os": "linux",
        "config": { "Env": envs, "User": defaults.user.as_deref().unwrap_or(""),
            "WorkingDir": defaults.workdir.as_deref().unwrap_or(""), "Labels": labels::write(defaults) },
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{layer}")] },
    });
    let config = add_blob(&blobs, "application/vnd.oci.image.config.v1+json", &config)?;
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": config,
        "layers": [{ "mediaType": "application/vnd.oci.image.layer.v1.tar",
            "digest": format!("sha256:{layer}"), "size": size }],
    });
    let manifest = add_blob(&blobs, "application/vnd.oci.image.manifest.v1+json", &manifest)?;
    write_json(&dir.join("oci-layout"), &json!({ "imageLayoutVersion": "1.0.0" }))?;
    write_json(&dir.join("index.json"), &json!({ "schemaVersion": 2, "manifests": [manifest] }))?;
    Ok(format!("sha256:{layer}"))
}

/// Reads the unpacked archive of one image, in the format that has a `manifest.json`.
pub(super) fn read(dir: &Path) -> Result<Layout, TemplateError> {
    let manifest = read_json(&dir.join("manifest.json"))?;
    let file = |name: &Value| {
        // Names come from the builder, not from people; a name that leads elsewhere is still not followed.
        let name = name.as_str().filter(|name| !name.contains('/')).unwrap_or("missing");
        dir.join(name)
    };
    let config = read_json(&file(&manifest[0]["Config"]))?;
    let layers = manifest[0]["Layers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let diff_ids = config["rootfs"]["diff_ids"].as_array().map(Vec::as_slice).unwrap_or_default();
    let config = &config["config"];
    let text = |name: &str| config[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let envs = config["Env"].as_array().map(Vec::as_slice).unwrap_or_default();
    let envs = envs.iter().filter_map(|env| env.as_str()?.split_once('='));
    let envs = envs.filter(|(name, value)| (*name, *value) != ("PATH", DEFAULT_PATH));
    let labels = config["Labels"].as_object().into_iter().flatten();
    let labels = labels.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Ok(Layout {
        diff_ids: diff_ids.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        archives: layers.iter().map(file).collect(),
        defaults: Defaults {
            envs: envs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            user: text("User"),
            workdir: text("WorkingDir").filter(|dir| dir != "/"),
            ..Defaults::default()
        },
        labels: labels.collect(),
        ignored: ignored(config),
    })
}

/// The instructions of an image's configuration that mean nothing for a capsule.
fn ignored(config: &Value) -> Vec<&'static str> {
    let instructions = [
        ("Cmd", "CMD"),
        ("Entrypoint", "ENTRYPOINT"),
        ("ExposedPorts", "EXPOSE"),
        ("Volumes", "VOLUME"),
        ("Healthcheck", "HEALTHCHECK"),
        ("StopSignal", "STOPSIGNAL"),
        ("OnBuild", "ONBUILD"),
    ];
    instructions.into_iter().filter(|(key, _)| !config[key].is_null()).map(|(_, name)| name).collect()
}

/// The processor's name in images.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn add_blob(blobs: &Path, media_type: &str, content: &Value) -> Result<Value, TemplateError> {
    let bytes = content.to_string().into_bytes();
    let digest = hex(&Sha256::digest(&bytes));
    let path = blobs.join(&digest);
    fs::write(&path, &bytes).map_err(TemplateError::file("write", path))?;
    Ok(json!({ "mediaType": media_type, "digest": format!("sha256:{digest}"), "size": bytes.len() }))
}

fn write_json(path: &Path, content: &Value) -> Result<(), TemplateError> {
    fs::write(path, content.to_string()).map_err(TemplateError::file("write", path))
}

fn read_json(path: &Path) -> Result<Value, TemplateError> {
    let bytes = fs::read(path).map_err(TemplateError::file("read", path))?;
    serde_json::from_slice(&bytes).map_err(|error| TemplateError::file("read", path)(error.into()))
}

fn digest_file(path: &Path) -> Result<(String, u64), TemplateError> {
    let fail = |error| TemplateError::file("read", path)(error);
    let mut file = fs::File::open(path).map_err(fail)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut size = 0;
    loop {
        let count = file.read(&mut buffer).map_err(fail)?;
        if count == 0 {
            return Ok((hex(&hash.finalize()), size));
        }
        hash.update(&buffer[..count]);
        size += count as u64;
    }
}
