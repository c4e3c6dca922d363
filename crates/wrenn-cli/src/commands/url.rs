//! `wrenn url`: the address of a port.

use std::{process::ExitCode, time::Duration};

use serde::Serialize;

use crate::{app::Global, connect, error::Result, output};

/// Print the address of what listens on a port of a capsule
///
/// Whoever knows it may come, unless the capsule was made with --private-ports: then requests need the team's key in the
/// header X-API-Key, or an address that --sign makes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning
    capsule: String,
    /// The port
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// Sign it, so that it opens a private port for this time, as in `90s`, `15m`, `1h` or `7d`
    #[arg(long, value_name = "TIME", value_parser = lifetime)]
    sign: Option<Duration>,
    /// Sign it for this path and what is below it only
    #[arg(long, value_name = "PATH", requires = "sign")]
    path: Option<String>,
}

/// What programs get.
#[derive(Serialize)]
struct Address {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

/// Prints it.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let capsule = connect::capsule(&client, &args.capsule).await?;
    let address = match args.sign {
        None => Address { url: format!("{}/", capsule.url(args.port)), expires_at: None },
        Some(lifetime) => {
            let mut sign = capsule.signed_url(args.port, lifetime);
            if let Some(path) = args.path {
                sign = sign.path(path);
            }
            let signed = sign.await?;
            Address { url: signed.url, expires_at: Some(signed.expires_at.to_string()) }
        }
    };
    if global.json {
        output::json(&address)?;
    } else {
        output::line(address.url)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A number and its unit.
fn lifetime(text: &str) -> std::result::Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let unit = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err("write a number and a unit, as in 90s, 15m, 1h or 7d".to_owned()),
    };
    let number: u64 =
        digits.parse().map_err(|_| "write a number and a unit, as in 90s, 15m, 1h or 7d".to_owned())?;
    Ok(Duration::from_secs(number.saturating_mul(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_has_a_unit() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("15m", 900), ("1h", 3_600), ("7d", 604_800)] {
            assert_eq!(lifetime(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "h", "1w", "-1h", "1.5h", "h1", "1h30m", "é"] {
            assert!(lifetime(text).is_err(), "{text}");
        }
    }
}
