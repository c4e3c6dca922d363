//! From ids as the host sees them to ids as the capsule does, wherever they are written.

use crate::container::user_namespace::IDS;

/// What an id is inside when the host has no name for it there.
const NOBODY: u32 = 65_534;

/// Whose ids a copy gets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    /// The first id of the capsule that is copied.
    pub(super) from: u32,
    /// The first id of the capsule that gets the copy; `None`: ids stay as inside, for a layer.
    pub(super) to: Option<u32>,
}

impl Shift {
    /// The copy's id for the original's `outside`.
    pub(super) fn id(self, outside: u32) -> u32 {
        self.to.unwrap_or(0) + inside(outside, self.from)
    }
}

/// The inside id of `outside`.
fn inside(outside: u32, first_id: u32) -> u32 {
    match outside.checked_sub(first_id) {
        Some(id) if id < IDS => id,
        _ => NOBODY,
    }
}

/// Shifts the ids of a POSIX access control list, as its extended attribute has them: a version of four bytes, then
/// entries of a tag, permissions and an id.
pub(super) fn access_list(list: &mut [u8], shift: Shift) {
    const USER: [u8; 2] = 0x02_u16.to_le_bytes();
    const GROUP: [u8; 2] = 0x08_u16.to_le_bytes();
    for entry in list.get_mut(4..).unwrap_or_default().chunks_exact_mut(8) {
        if let [a, b, _, _, id @ ..] = entry
            && matches!([*a, *b], USER | GROUP)
            && let Ok(outside) = <[u8; 4]>::try_from(&*id)
        {
            id.copy_from_slice(&shift.id(u32::from_le_bytes(outside)).to_le_bytes());
        }
    }
}

/// File capabilities that hold for one user namespace's root only (version 3) become those of the copy's root; in a layer
/// those of the root of whichever namespace the file is mapped into (version 2).
pub(super) fn file_capabilities(value: &mut Vec<u8>, shift: Shift) {
    const VERSION_2: u8 = 2;
    const VERSION_3: u8 = 3;
    const LENGTH_2: usize = 20;
    if value.len() == LENGTH_2 + 4 && value[3] == VERSION_3 {
        value.truncate(LENGTH_2);
        match shift.to {
            None => value[3] = VERSION_2,
            Some(root) => value.extend(root.to_le_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO_LAYER: Shift = Shift { from: 100_000, to: None };
    const TO_CAPSULE: Shift = Shift { from: 100_000, to: Some(500_000) };

    #[test]
    fn ids_are_shifted_and_strangers_become_nobody() {
        for (outside, inside) in [(100_000, 0), (165_535, 65_535), (165_536, NOBODY), (0, NOBODY)] {
            assert_eq!(TO_LAYER.id(outside), inside);
            assert_eq!(TO_CAPSULE.id(outside), 500_000 + inside);
        }
    }

    #[test]
    fn only_named_users_and_groups_of_a_list_are_shifted() {
        let entry = |tag: u16, id: u32| [&tag.to_le_bytes()[..], &[7, 0], &id.to_le_bytes()].concat();
        let list = |user: u32, group: u32| {
            [vec![2, 0, 0, 0], entry(1, u32::MAX), entry(2, user), entry(8, group), entry(0x20, u32::MAX)]
                .concat()
        };
        let mut shifted = list(101_000, 100_005);
        access_list(&mut shifted, TO_LAYER);
        assert_eq!(shifted, list(1000, 5));
        access_list(&mut [1, 2], TO_LAYER);
    }

    #[test]
    fn file_capabilities_get_another_root_or_lose_it() {
        let mut value = vec![1, 0, 0, 3];
        value.extend([9; 16]);
        value.extend(100_000_u32.to_le_bytes());
        let mut copied = value.clone();
        file_capabilities(&mut copied, TO_CAPSULE);
        assert_eq!(
            (copied[..20].to_vec(), &copied[20..]),
            (value[..20].to_vec(), &500_000_u32.to_le_bytes()[..])
        );
        file_capabilities(&mut value, TO_LAYER);
        assert_eq!((value.len(), value[..4].to_vec()), (20, vec![1, 0, 0, 2]));
    }
}
