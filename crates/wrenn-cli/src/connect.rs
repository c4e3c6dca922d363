//! Which server a command talks to, and with which key.

use std::{fs, io, path::Path};

use serde::Deserialize;
use wrenn::{Capsule, Client};

use crate::{
    app::Global,
    error::{CliError, Result},
};

/// The length of a whole capsule id: a prefix and 25 characters.
const CAPSULE_ID_LENGTH: usize = 28;

/// What a server leaves for the commands on its machine.
#[derive(Deserialize)]
struct Bootstrap {
    base_url: String,
    api_key: String,
}

/// A client for the server that the environment names, else for that of this machine.
///
/// A key that the data directory holds is never sent to another address than that of its own server.
pub(crate) fn client(global: &Global) -> Result<Client> {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
    let (key, url) = (variable("WRENN_API_KEY"), variable("WRENN_BASE_URL"));
    let path = global.data_dir().join("bootstrap.json");
    let builder = match (key, url) {
        (Some(key), Some(url)) => Client::builder().api_key(key).base_url(url),
        (Some(key), None) => match read(&path) {
            Ok(found) => Client::builder().api_key(key).base_url(found.base_url),
            Err(_) => Client::builder().api_key(key),
        },
        (None, None) => {
            let found = read(&path)?;
            Client::builder().api_key(found.api_key).base_url(found.base_url)
        }
        (None, Some(url)) => {
            let same = |found: &Bootstrap| found.base_url.trim_end_matches('/') == url.trim_end_matches('/');
            match read(&path) {
                Ok(found) if same(&found) => Client::builder().api_key(found.api_key).base_url(url),
                _ => {
                    let text = format!("there is no key for {url}");
                    return Err(CliError::usage(text).hint("set WRENN_API_KEY to a key of that server"));
                }
            }
        }
    };
    Ok(builder.build()?)
}

/// The capsule that a person means: an id, or the beginning of one that only one capsule has.
pub(crate) async fn capsule(client: &Client, text: &str) -> Result<Capsule> {
    if !text.starts_with("cl-") || text.len() >= CAPSULE_ID_LENGTH {
        return Ok(client.capsule(text));
    }
    let all = client.capsules().list().await?;
    let mut matching = all.iter().filter(|capsule| capsule.id.as_str().starts_with(text));
    match (matching.next(), matching.next()) {
        (Some(first), Some(second)) => {
            let text =
                format!("several capsules have ids that begin with {text}: {}, {}…", first.id, second.id);
            Err(CliError::usage(text).hint("give more of the id"))
        }
        (Some(only), None) => Ok(client.capsule(only.id.as_str())),
        // The server then says that there is no such capsule.
        (None, _) => Ok(client.capsule(text)),
    }
}

fn read(path: &Path) -> Result<Bootstrap> {
    let text = fs::read_to_string(path).map_err(|error| explain(path, &error))?;
    serde_json::from_str(&text)
        .map_err(|error| CliError::new(error).context(format!("{} is damaged", path.display())))
}

/// What a person without credentials can do.
fn explain(path: &Path, error: &io::Error) -> CliError {
    let other = "for a server elsewhere set WRENN_BASE_URL and WRENN_API_KEY";
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            CliError::new(format!("only root may use the key in {}", path.display()))
                .hint("run the command with sudo, or set WRENN_API_KEY")
                .hint(other)
        }
        io::ErrorKind::NotFound => {
            CliError::new(format!("no server was ever started here: there is no {}", path.display()))
                .hint("`sudo wrenn serve` starts one; one with its data elsewhere is found by --data-dir")
                .hint(other)
        }
        _ => CliError::new(format!("cannot read {}: {error}", path.display())).hint(other),
    }
}
