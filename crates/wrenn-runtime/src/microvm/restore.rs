//! A new capsule that goes on from a saved machine.

use super::{
    base::Base,
    end,
    paths::Paths,
    plan::Plan,
    shared::Shared,
    spares::{self, Spare},
    start::{self, Origin},
    tap,
};
use crate::{
    error::{Error, Result},
    network::NetworkNamespace,
    runtime::CapsuleSpec,
};

/// Makes the capsule's machine go on from `base`, in a process that waits for just that if there is one.
pub(super) fn restore(
    shared: &Shared,
    spec: &CapsuleSpec,
    plan: &Plan,
    base: &Base,
    network: &NetworkNamespace,
) -> Result<()> {
    let paths = Paths::of(spec);
    if let Some(spare) = spares::take(shared, &base.dir) {
        match from_spare(&spare, &paths, network) {
            Err(error) => {
                tracing::warn!(capsule = spec.id, %error, "a machine that was prepared is of no use");
                end::kill(shared, &paths, &spec.id)?;
                // What did not become the capsule's is still by its own name.
                spare.end(shared);
            }
            done => return done,
        }
    }
    start::make_dir(&paths)?;
    base.provide(&paths)?;
    let tap = tap::make(network)?;
    let devices = base.devices();
    let (mut record, started) =
        start::start(shared, &paths, plan, &spec.id, &tap, &Origin::Devices(&devices), 0)?;
    tap::bring_up(network)?;
    start::run(&paths, &mut record, started.state, network)
}

/// Moves the network device while the state is loaded, since that takes about as long.
fn from_spare(spare: &Spare, paths: &Paths, network: &NetworkNamespace) -> Result<()> {
    let (mut record, state) = spare.become_capsule(paths)?;
    std::thread::scope(|scope| {
        let device =
            scope.spawn(|| tap::transfer(&spare.lobby, network).and_then(|()| tap::bring_up(network)));
        let run = start::run(paths, &mut record, state, network);
        let device = device.join().unwrap_or_else(|_| {
            Err(Error::system("move a tap device")(std::io::Error::other("the thread panicked")))
        });
        run.and(device)
    })
}
