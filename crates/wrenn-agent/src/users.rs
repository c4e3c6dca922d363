//! Users as the capsule's own `/etc/passwd` and `/etc/group` have them. A static binary has no name service to ask.

use std::{fs, io, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, header::AUTHORIZATION};

const PASSWD: &str = "/etc/passwd";
const GROUP: &str = "/etc/group";

/// A user, with the groups that a login would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The login name.
    pub name: String,
    /// The user's id.
    pub uid: u32,
    /// The id of the first group.
    pub gid: u32,
    /// The home directory.
    pub home: PathBuf,
    /// The login shell.
    pub shell: PathBuf,
    /// The ids of all groups, the first included.
    pub groups: Vec<u32>,
}

/// Why a call has no user.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// Nobody has that name.
    #[error("There is no user {0:?} in this capsule; create it or name another.")]
    Unknown(String),
    /// The header does not hold a name.
    #[error("The Authorization header is not of the form `Basic base64(user:)`; correct it or leave it out.")]
    BadHeader,
    /// The list of users cannot be read.
    #[error("The capsule's list of users, {PASSWD}, cannot be read.")]
    Unreadable(#[source] io::Error),
}

/// The name in a call's `Authorization: Basic` header, if it has one. Other schemes are not ours to read.
pub(crate) fn name_in(headers: &HeaderMap) -> Result<Option<String>, UserError> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let value = value.to_str().map_err(|_| UserError::BadHeader)?;
    let Some((scheme, credentials)) = value.split_once(' ') else { return Err(UserError::BadHeader) };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let bytes = STANDARD.decode(credentials.trim()).map_err(|_| UserError::BadHeader)?;
    let text = String::from_utf8(bytes).map_err(|_| UserError::BadHeader)?;
    let name = text.split_once(':').map_or(text.as_str(), |(name, _)| name);
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

/// The user of that name. Root is known even where the capsule has no list of users.
pub(crate) fn find(name: &str) -> Result<User, UserError> {
    let passwd = match fs::read_to_string(PASSWD) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(UserError::Unreadable(error)),
    };
    let group = fs::read_to_string(GROUP).unwrap_or_default();
    parse(name, &passwd, &group).ok_or_else(|| UserError::Unknown(name.to_owned()))
}

fn parse(name: &str, passwd: &str, group: &str) -> Option<User> {
    let mut user = passwd.lines().find_map(|line| parse_passwd(name, line)).or_else(|| root(name))?;
    let others = group.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let gid: u32 = fields.nth(2)?.parse().ok()?;
        fields.next()?.split(',').any(|member| member == name).then_some(gid)
    });
    for gid in others {
        if !user.groups.contains(&gid) {
            user.groups.push(gid);
        }
    }
    Some(user)
}

fn parse_passwd(name: &str, line: &str) -> Option<User> {
    let mut fields = line.split(':');
    if fields.next()? != name {
        return None;
    }
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    let home = fields.nth(1)?;
    let shell = fields.next().unwrap_or_default();
    Some(User {
        name: name.to_owned(),
        uid,
        gid,
        home: PathBuf::from(if home.is_empty() { "/" } else { home }),
        shell: PathBuf::from(if shell.is_empty() { "/bin/sh" } else { shell }),
        groups: vec![gid],
    })
}

fn root(name: &str) -> Option<User> {
    (name == "root").then(|| User {
        name: name.to_owned(),
        uid: 0,
        gid: 0,
        home: PathBuf::from("/root"),
        shell: PathBuf::from("/bin/sh"),
        groups: vec![0],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &str = "root:x:0:0:root:/root:/bin/bash\nbroken\nann:x:1000:1001:Ann,,,:/home/ann:\n";
    const GROUPS: &str = "root:x:0:\nann:x:1001:\nsudo:x:27:bob,ann\nother:x:30:annette\nagain:x:1001:ann\n";

    #[test]
    fn a_user_has_all_its_groups_once() {
        let user = parse("ann", USERS, GROUPS).expect("ann is listed");
        assert_eq!((user.uid, user.gid), (1000, 1001));
        assert_eq!(user.groups, [1001, 27]);
        assert_eq!(user.home, PathBuf::from("/home/ann"));
        assert_eq!(user.shell, PathBuf::from("/bin/sh"));
    }

    #[test]
    fn root_needs_no_list_but_others_do() {
        assert_eq!(parse("root", "", "").map(|user| user.home), Some("/root".into()));
        assert_eq!(parse("bob", USERS, GROUPS), None);
        assert_eq!(parse("broken", USERS, GROUPS), None);
    }

    fn header(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().expect("a valid header value"));
        headers
    }

    #[test]
    fn the_header_names_the_user() {
        let basic = |text: &str| header(&format!("Basic {}", STANDARD.encode(text)));
        assert_eq!(name_in(&basic("ann:")).ok(), Some(Some("ann".to_owned())));
        assert_eq!(name_in(&basic(":")).ok(), Some(None));
        assert_eq!(name_in(&header("Bearer abc")).ok(), Some(None));
        assert_eq!(name_in(&HeaderMap::new()).ok(), Some(None));
        assert!(matches!(name_in(&header("Basic %%%")), Err(UserError::BadHeader)));
    }
}
