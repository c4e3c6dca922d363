//! A capsule that lives as long as its guard.

use std::ops::Deref;

use super::Capsule;
use crate::Result;

/// A capsule that is destroyed when this is dropped, by [`super::CreateCapsule::owned`].
///
/// Dropping cannot wait: it leaves the destruction to a task of the tokio runtime that it is dropped in, which a program
/// that ends at once may not live to see. [`OwnedCapsule::destroy`] waits and tells of failures.
///
/// ```no_run
/// # async fn example() -> wrenn::Result<()> {
/// let capsule = wrenn::Capsule::create("minimal").owned().await?;
/// capsule.commands().exec("echo").arg("work").await?; // also destroyed when this fails
/// capsule.destroy().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct OwnedCapsule {
    capsule: Option<Capsule>,
    handle: Capsule,
}

impl OwnedCapsule {
    pub(super) fn new(capsule: Capsule) -> Self {
        Self { handle: capsule.clone(), capsule: Some(capsule) }
    }

    /// Destroys the capsule and waits until it is done.
    pub async fn destroy(mut self) -> Result<()> {
        // While this waits the guard still holds the capsule, so that a cancelled call ends in a drop that destroys it.
        let outcome = self.handle.destroy().await;
        self.capsule = None;
        outcome
    }

    /// Lets the capsule go on without its guard.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::OwnedCapsule) {
    /// let capsule = capsule.keep();
    /// println!("{} stays", capsule.id());
    /// # }
    /// ```
    pub fn keep(mut self) -> Capsule {
        self.capsule = None;
        self.handle.clone()
    }
}

impl Deref for OwnedCapsule {
    type Target = Capsule;

    fn deref(&self) -> &Capsule {
        &self.handle
    }
}

impl Drop for OwnedCapsule {
    fn drop(&mut self) {
        if let (Some(capsule), Ok(runtime)) = (self.capsule.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { capsule.destroy().await });
        }
    }
}
