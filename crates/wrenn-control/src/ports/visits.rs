//! How many visitors a capsule has at a time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use wrenn_api::CapsuleId;

/// The most visitors that one capsule has at a time, at all its ports. Each costs memory inside.
const MAX_VISITS: usize = 512;

/// Counts visitors.
#[derive(Default, Clone)]
pub(crate) struct Visits(Arc<Mutex<HashMap<CapsuleId, usize>>>);

/// One of them, for as long as it is held.
pub(super) struct Visit {
    visits: Visits,
    id: CapsuleId,
}

impl Visits {
    /// Counts a visitor; `None` when there are too many.
    pub(super) fn enter(&self, id: &CapsuleId) -> Option<Visit> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(id.clone()).or_default();
        if *count >= MAX_VISITS {
            return None;
        }
        *count += 1;
        Some(Visit { visits: self.clone(), id: id.clone() })
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut all = self.visits.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_again_when_somebody_leaves() {
        let (visits, id, other) = (Visits::default(), CapsuleId::generate(), CapsuleId::generate());
        let mut held: Vec<_> = (0..MAX_VISITS).map(|_| visits.enter(&id).expect("room")).collect();
        assert!(visits.enter(&id).is_none());
        assert!(visits.enter(&other).is_some());
        held.pop();
        held.push(visits.enter(&id).expect("room"));
        assert!(visits.enter(&id).is_none());
        held.clear();
        assert!(visits.0.lock().unwrap().is_empty());
    }
}
