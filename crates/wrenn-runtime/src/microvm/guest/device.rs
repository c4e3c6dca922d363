//! How the guest tells its devices apart.

/// The serial number of the private disk.
pub const PRIVATE_SERIAL: &str = "wrenn-private";

/// The name of the virtio-serial port on which the agent answers.
pub const PORT_NAME: &str = "wrenn.agent";

/// The serial number of the disk that holds layer `number` of a capsule's specification; 0 is the uppermost.
#[must_use]
pub fn layer_serial(number: usize) -> String {
    format!("wrenn-layer-{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a virtio disk can tell.
    const LONGEST: usize = 20;

    #[test]
    fn serial_numbers_fit() {
        assert!(layer_serial(999).len() <= LONGEST && PRIVATE_SERIAL.len() <= LONGEST);
    }
}
