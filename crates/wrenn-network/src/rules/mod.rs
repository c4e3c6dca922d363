//! The rules that the kernel keeps, told to it through `nft`.

mod host;
mod json;
mod slot;

use std::process::Command;

use nftables::helper::{DEFAULT_ARGS, DEFAULT_NFT, NftablesError, apply_ruleset_raw};
use serde_json::{Value, json};

use crate::error::{Error, Result};

pub(crate) use host::{delete as delete_host_table, table as host_table};
pub(crate) use slot::{
    deny as denied_addresses, learn as learned_addresses, operator as slot_operator, policy as slot_policy,
    table as slot_table,
};

/// Has the kernel take `commands`, all or none, in the network namespace of the calling thread.
pub(crate) fn apply(action: &'static str, commands: &[Value]) -> Result<()> {
    let text = json!({ "nftables": commands }).to_string();
    match apply_ruleset_raw(&text, DEFAULT_NFT, DEFAULT_ARGS) {
        Ok(_) => Ok(()),
        Err(NftablesError::NftFailed { stderr, .. }) => {
            Err(Error::Rules { action, detail: stderr.trim().to_owned() })
        }
        Err(error) => Err(Error::Rules { action, detail: error.to_string() }),
    }
}

/// All rules of the network namespace of the calling thread, as `nft` prints them.
pub(crate) fn list() -> Result<String> {
    let failed = |detail: String| Error::Rules { action: "list the rules", detail };
    let output =
        Command::new("nft").args(["list", "ruleset"]).output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}
