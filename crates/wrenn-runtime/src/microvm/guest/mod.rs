//! What runs inside a virtual machine, and what it expects of whoever starts it.
//!
//! The guest is Debian's cloud kernel with an initramfs of ours, in which the agent is process 1. It mounts the
//! template's images and the capsule's private disk into one root filesystem, and then answers on a virtio-serial port.
//!
//! # The contract
//!
//! **Kernel and initramfs** are the files of [`Artifacts::prepare`]; the command line comes from [`CommandLine`]. Starting QEMU
//! with `-no-reboot` makes a panic, a reboot and a power-off of the guest all end the process.
//!
//! **Devices** may be on PCI or on virtio-mmio, and in any order: the guest goes by what they are called.
//!
//! | device | property | meaning |
//! |---|---|---|
//! | virtio-blk, read-only | `serial=`[`layer_serial`]`(n)` | the image of layer `n` of the specification, by [`of_layer`](super::image::of_layer); 0 is the uppermost |
//! | virtio-blk, writable | `serial=`[`PRIVATE_SERIAL`] | the private disk; with `discard=unmap`, deleted files give their space back |
//! | virtserialport | `name=`[`PORT_NAME`] | the agent |
//! | virtio-net | the only one | `eth0`: [`GUEST_ADDRESS`]`/24` through [`GATEWAY_ADDRESS`], names from [`DNS_ADDRESS`]; without the device there is `lo` alone |
//! | virtio-rng | | fresh random numbers at boot |
//! | serial | `ttyS0` | the kernel's and the agent's messages |
//!
//! **The agent's port** carries one connection at a time. A byte stream through QEMU has no beginning of its own: what an
//! earlier connection left under way may arrive in a later one, and a guest that was restored believes itself in the
//! middle of a connection that is long gone. So [`connect`] greets the agent with a random number and waits for the
//! answer before it hands out the stream; everything from there on is HTTP/2. It dials again when no answer comes, so it
//! may be called from the moment that QEMU listens, and completes once the guest is up. It has no time limit: drop the
//! future. Close the connection before taking a snapshot if you can; what cannot be closed is noticed after the restore.
//!
//! **After every boot and every restore** the host calls `POST /init` ([`wrenn_agent_proto::Init`]) with all of
//! `timestamp` (the clock is set when it is wrong by more than a few milliseconds), `entropy` (at least 32 fresh random
//! bytes, mixed into the kernel's pool, whose generators are then all seeded anew), `hostname` (also in `/etc/hostname`
//! and `/etc/hosts`) and `machineId` (32 hexadecimal digits, written to `/etc/machine-id` where that file exists). The
//! guest forgets then which hardware address its gateway had. Nothing of the capsule may run before that call was
//! answered; the vCPUs run, but no call of a client's is let through.
//!
//! **End**: `POST /shutdown` ([`wrenn_agent_proto::AgentClient::shutdown`]) ends all processes as a container's stop
//! does, writes everything to disk, unmounts, and powers off.
//!
//! **Private disk**: made by [`create_private_disk`](super::image::create_private_disk), holds the private layer in `upper/` (ids as inside).

pub mod artifacts;
mod command_line;

pub use artifacts::Artifacts;
pub use command_line::CommandLine;
pub use wrenn_agent_proto::{
    link::open as connect,
    machine::{
        DNS_ADDRESS, GATEWAY_ADDRESS, GUEST_ADDRESS, PORT_NAME, PREFIX_LENGTH, PRIVATE_SERIAL, layer_serial,
        network_mask,
    },
};
