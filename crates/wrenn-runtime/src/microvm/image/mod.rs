//! What a machine's disks are made of.

mod layer;
mod private;

pub use layer::of_layer;
pub use private::create_private_disk;
