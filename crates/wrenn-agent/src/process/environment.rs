//! The environment in which a process starts.

use std::{collections::BTreeMap, ffi::OsString};

use crate::users::User;

const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const DEFAULT_TERM: &str = "xterm-256color";

/// The variables of a new process: the user's, the agent's defaults, the call's own; later ones win.
pub(super) fn variables<'a>(
    user: &User,
    defaults: &BTreeMap<String, String>,
    own: impl IntoIterator<Item = (&'a str, &'a str)>,
    has_terminal: bool,
) -> BTreeMap<OsString, OsString> {
    let path =
        std::env::var_os("PATH").filter(|path| !path.is_empty()).unwrap_or_else(|| DEFAULT_PATH.into());
    let mut all = BTreeMap::from([
        ("PATH".into(), path),
        ("HOME".into(), user.home.clone().into_os_string()),
        ("USER".into(), user.name.clone().into()),
        ("LOGNAME".into(), user.name.clone().into()),
        ("SHELL".into(), user.shell.clone().into_os_string()),
    ]);
    if has_terminal {
        all.insert("TERM".into(), DEFAULT_TERM.into());
    }
    all.extend(defaults.iter().map(|(name, value)| (name.into(), value.into())));
    all.extend(own.into_iter().map(|(name, value)| (name.into(), value.into())));
    all
}

/// Whether a variable can be passed on at all.
pub(super) fn is_valid(name: &str, value: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0')
}
