//! Amounts for people.

use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes in the largest unit that leaves at least one.
pub(crate) fn bytes(count: u64) -> String {
    let mut value = count as f64;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if value < 1023.95 {
            return if unit == "B" { format!("{count} B") } else { format!("{value:.1} {unit}") };
        }
        value /= 1024.0;
    }
    format!("{value:.1} TiB")
}

/// How long ago a time was, in its largest unit.
pub(crate) fn ago(time: wrenn::api::Timestamp) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_millis());
    let seconds = (i64::try_from(now).unwrap_or(i64::MAX) - time.unix_ms()).max(0) / 1000;
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_well() {
        let cases =
            [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_048_575, "1.0 MiB"), (3 << 40, "3.0 TiB")];
        for (count, text) in cases {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn times_read_well() {
        let now = wrenn::api::Timestamp::now().unix_ms();
        let before = |seconds: i64| ago(wrenn::api::Timestamp::from_unix_ms(now - seconds * 1000 - 500));
        assert_eq!(before(7260), "2 h ago");
        assert_eq!(before(90_000), "1 d ago");
        assert_eq!(before(150), "2 min ago");
    }
}
