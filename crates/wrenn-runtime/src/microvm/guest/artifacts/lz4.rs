//! Unpacks a kernel ahead, so that no machine has to do it at its start.

/// Begins every file of this form: LZ4's first, which kernels are packed in.
const MAGIC: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// No block holds more.
const BLOCK: usize = 8 << 20;

/// The ELF file that is packed in a kernel's bootable image; nothing when it is packed in another way.
pub(super) fn kernel_in(image: &[u8]) -> Option<Vec<u8>> {
    let starts = image.windows(MAGIC.len()).enumerate().filter(|(_, bytes)| **bytes == MAGIC);
    starts
        .filter_map(|(at, _)| unpack(&image[at + MAGIC.len()..]))
        .find(|kernel| kernel.starts_with(b"\x7fELF"))
}

/// Block after block, each a length and so many bytes, up to something that can be none.
fn unpack(mut packed: &[u8]) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    while let Some((length, rest)) = packed.split_first_chunk() {
        let Ok(length) = usize::try_from(u32::from_le_bytes(*length)) else { break };
        if length == 0 || length > rest.len() {
            break;
        }
        let start = unpacked.len();
        if block(&rest[..length], &mut unpacked).is_none() {
            // What follows the last block is the image's own.
            unpacked.truncate(start);
            break;
        }
        packed = &rest[length..];
        if unpacked.len() - start < BLOCK {
            break;
        }
    }
    (!unpacked.is_empty()).then_some(unpacked)
}

/// Sequences: so many bytes as they are, then so many that came so far before.
fn block(mut packed: &[u8], to: &mut Vec<u8>) -> Option<()> {
    let start = to.len();
    loop {
        let token = take(&mut packed)?;
        let literals = length(token >> 4, &mut packed)?;
        to.extend_from_slice(packed.get(..literals)?);
        packed = &packed[literals..];
        if packed.is_empty() {
            return (to.len() - start <= BLOCK).then_some(());
        }
        let distance = usize::from(u16::from_le_bytes([take(&mut packed)?, take(&mut packed)?]));
        let count = length(token & 15, &mut packed)? + 4;
        let from = to.len().checked_sub(distance).filter(|from| *from >= start && distance > 0)?;
        if to.len() - start + count > BLOCK {
            return None;
        }
        // The bytes may be among those that are being written.
        for at in from..from + count {
            to.push(to[at]);
        }
    }
}

fn take(packed: &mut &[u8]) -> Option<u8> {
    let (byte, rest) = packed.split_first()?;
    *packed = rest;
    Some(*byte)
}

/// Fifteen and more go on in the next bytes.
fn length(nibble: u8, packed: &mut &[u8]) -> Option<usize> {
    let mut length = usize::from(nibble);
    if nibble == 15 {
        loop {
            let more = take(packed)?;
            length += usize::from(more);
            if more != 255 {
                break;
            }
        }
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_found_in_what_is_around_it() {
        // "\x7fELF", then "abc" and 20 more bytes of its repetition, then "end".
        let block = [&[0x7f][..], b"\x7fELFabc", &[3, 0, 1], &[0x30], b"end"].concat();
        let packed = [&u32::try_from(block.len()).unwrap().to_le_bytes()[..], &block].concat();
        let image = [b"code", &MAGIC[..], b"\xff\xff\xff\xff", &MAGIC, &packed, b"\0\0\0\0rest"].concat();
        let kernel = kernel_in(&image).unwrap();
        assert_eq!(kernel, b"\x7fELFabcabcabcabcabcabcabcabend");
    }

    #[test]
    fn what_is_cut_off_or_points_nowhere_is_no_kernel() {
        assert_eq!(kernel_in(&MAGIC), None);
        let wrong = [&MAGIC[..], &8_u32.to_le_bytes(), b"\x40\x7fELF\xff\0\0"].concat();
        assert_eq!(kernel_in(&wrong), None);
        assert_eq!(kernel_in(b"no kernel at all"), None);
    }
}
