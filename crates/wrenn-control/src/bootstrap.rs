//! The first start: an owner, a team, a key, and a file that says how to use them.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

use argon2::{Argon2, PasswordHasher as _};
use wrenn_api::{KeyId, TeamId, Timestamp, UserId};
use wrenn_store::{ApiKey, NewOwner, Store};

use crate::{
    ControlError, Result,
    keys::{self, random_text},
};

const FILE: &str = "bootstrap.json";
const OWNER_EMAIL: &str = "owner@wrenn.local";

/// What `bootstrap.json` says: how to use a server that was started for the first time.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Credentials {
    /// Where clients reach the server.
    pub base_url: String,
    /// The first API key.
    pub api_key: String,
    /// The owner's e-mail address.
    pub email: String,
    /// The owner's password.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Makes the first account when there is none, and keeps the file's address up to date.
pub(crate) async fn run(store: &Store, data_dir: &Path, base_url: &str) -> Result<()> {
    if !store.is_new().await? {
        return match read(data_dir) {
            Ok(credentials) if credentials.base_url == base_url => Ok(()),
            Ok(credentials) => write(data_dir, &Credentials { base_url: base_url.to_owned(), ..credentials }),
            // Its owner may have removed it, now that it was read.
            Err(_) => Ok(()),
        };
    }
    let key = keys::generate();
    let credentials = Credentials {
        base_url: base_url.to_owned(),
        api_key: key.clone(),
        email: OWNER_EMAIL.to_owned(),
        password: random_text(20),
    };
    let password = credentials.password.clone();
    let hash = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    let password_hash = hash
        .await
        .map_err(ControlError::internal)?
        .map_err(|error| ControlError::internal(error.to_string()))?;
    let owner = NewOwner {
        user_id: UserId::generate(),
        email: credentials.email.clone(),
        name: "Owner".to_owned(),
        password_hash,
        team_name: "Default".to_owned(),
        team_slug: format!("{:06x}-{:06x}", rand::random_range(0..1 << 24), rand::random_range(0..1 << 24)),
        key: ApiKey {
            id: KeyId::generate(),
            team_id: TeamId::generate(),
            name: "First key".to_owned(),
            key_prefix: keys::prefix(&key),
            created_at: Timestamp::now(),
            last_used: None,
        },
        key_hash: keys::hash(&key),
    };
    // First the file: a start that is cut off in between is followed by another first start, which replaces it.
    write(data_dir, &credentials)?;
    store.create_owner(&owner).await?;
    Ok(())
}

pub(crate) fn read(data_dir: &Path) -> Result<Credentials> {
    let path = data_dir.join(FILE);
    let content = fs::read(&path).map_err(|error| internal("read", &path, error))?;
    serde_json::from_slice(&content).map_err(|error| internal("read", &path, error.into()))
}

pub(crate) fn create_private_dir(path: &Path) -> Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| internal("create", path, error))
}

fn write(data_dir: &Path, credentials: &Credentials) -> Result<()> {
    let path = data_dir.join(FILE);
    let replace = || -> io::Result<()> {
        let temporary = data_dir.join(".bootstrap.json.new");
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
        serde_json::to_writer_pretty(&mut file, credentials)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(temporary, &path)
    };
    replace().map_err(|error| internal("write", &path, error))
}

#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {path}")]
struct FileError {
    action: &'static str,
    path: std::path::PathBuf,
    source: io::Error,
}

fn internal(action: &'static str, path: &Path, source: io::Error) -> ControlError {
    ControlError::internal(FileError { action, path: path.to_owned(), source })
}
