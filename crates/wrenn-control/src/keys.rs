//! API keys, and who shows them.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError, RwLock},
};

use sha2::{Digest as _, Sha256};
use wrenn_api::{API_KEY_PREFIX, ErrorCode, KeyId, TeamId, Timestamp};
use wrenn_store::ApiKey;

use crate::{Control, ControlError, Result};

const SECRET_LENGTH: usize = 32;
const MAX_NAME: usize = 100;
const DEFAULT_NAME: &str = "Unnamed API Key";

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The team that it acts for.
    pub team_id: TeamId,
    /// The key that it showed.
    pub key_id: KeyId,
}

/// A key that was just made: the only time that its secret is seen.
#[derive(Clone)]
pub struct NewApiKey {
    /// What is kept of it.
    pub record: ApiKey,
    /// The secret.
    pub key: String,
}

/// Keys that were shown lately, so that not every request asks the database.
#[derive(Default)]
pub(crate) struct Keys {
    known: RwLock<HashMap<String, Caller>>,
    used: Mutex<HashMap<KeyId, Timestamp>>,
}

impl Keys {
    /// The uses since this was last asked.
    pub(crate) fn take_used(&self) -> Vec<(KeyId, Timestamp)> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }
}

impl Control {
    /// Finds who an API key belongs to; `unauthorized` when to nobody.
    pub async fn authenticate_api_key(&self, key: &str) -> Result<Caller> {
        let refused = || {
            ControlError::new(
                ErrorCode::Unauthorized,
                "The API key is not valid. Check it; the first one is in `bootstrap.json` in the server's data directory.",
            )
        };
        let secret = key.strip_prefix(API_KEY_PREFIX).ok_or_else(refused)?;
        if secret.len() != SECRET_LENGTH || !secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(refused());
        }
        let keys = &self.inner.keys;
        let hash = hash(key);
        let known = keys.known.read().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
        let caller = match known {
            Some(caller) => caller,
            None => {
                let found = self.inner.store.find_api_key(&hash).await?.ok_or_else(refused)?;
                let caller = Caller { team_id: found.team_id, key_id: found.id };
                keys.known.write().unwrap_or_else(PoisonError::into_inner).insert(hash, caller.clone());
                caller
            }
        };
        let mut used = keys.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.insert(caller.key_id.clone(), Timestamp::now());
        Ok(caller)
    }

    /// Makes an API key.
    pub async fn create_api_key(&self, team: &TeamId, name: Option<&str>) -> Result<NewApiKey> {
        let name = name.map_or(DEFAULT_NAME, str::trim);
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(ControlError::invalid("Give the key a name of 1 to 100 printable characters."));
        }
        let key = generate();
        let record = ApiKey {
            id: KeyId::generate(),
            team_id: team.clone(),
            name: name.to_owned(),
            key_prefix: prefix(&key),
            created_at: Timestamp::from_unix_ms(Timestamp::now().unix_ms()),
            last_used: None,
        };
        self.inner.store.create_api_key(&record, &hash(&key)).await?;
        Ok(NewApiKey { record, key })
    }

    /// A team's keys, oldest first.
    pub async fn list_api_keys(&self, team: &TeamId) -> Result<Vec<ApiKey>> {
        Ok(self.inner.store.list_api_keys(team).await?)
    }

    /// Deletes a team's key: from here on it is refused.
    pub async fn delete_api_key(&self, team: &TeamId, id: &KeyId) -> Result<()> {
        let deleted = self.inner.store.delete_api_key(team, id).await?;
        let mut known = self.inner.keys.known.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, caller| caller.key_id != *id || caller.team_id != *team);
        if deleted { Ok(()) } else { Err(ControlError::not_found(format!("There is no API key {id}."))) }
    }
}

/// A new secret.
pub(crate) fn generate() -> String {
    format!("{API_KEY_PREFIX}{}", random_text(SECRET_LENGTH))
}

/// How a key begins, for people to tell keys apart.
pub(crate) fn prefix(key: &str) -> String {
    format!("{}...", &key[..API_KEY_PREFIX.len() + 8])
}

/// What the database knows of a key. A plain hash will do: nobody can try out 190 random bits.
pub(crate) fn hash(key: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(key).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Random letters and digits.
pub(crate) fn random_text(length: usize) -> String {
    const LETTERS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (0..length).map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())])).collect()
}
