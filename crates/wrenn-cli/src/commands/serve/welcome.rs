//! What a person who starts a server is told.

use std::path::Path;

use wrenn_control::Control;

use crate::{error::Result, output};

/// Says where the server is and, at its first start, how to use it.
pub(crate) fn print(control: &Control, data_dir: &Path, base_url: &str, first_start: bool) -> Result<()> {
    output::note(format!(
        "wrenn {} on {base_url}, data in {}",
        env!("CARGO_PKG_VERSION"),
        data_dir.display()
    ));
    if first_start {
        let Ok(credentials) = control.credentials() else { return Ok(()) };
        let path = data_dir.join("bootstrap.json");
        output::note(first_steps(base_url, &credentials.api_key, data_dir, &path));
    }
    Ok(())
}

fn first_steps(base_url: &str, api_key: &str, data_dir: &Path, bootstrap: &Path) -> String {
    let default = data_dir == Path::new(crate::app::DEFAULT_DATA_DIR);
    let option = if default { String::new() } else { format!(" --data-dir {}", data_dir.display()) };
    format!(
        "
This is its first start. A key was made and is in {}:

  export WRENN_BASE_URL={base_url}
  export WRENN_API_KEY={api_key}

As root on this machine no key is needed:

  wrenn run minimal{option} -- echo hello
",
        bootstrap.display(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_steps_can_be_copied() {
        let text =
            first_steps("http://127.0.0.1:1", "wrn_k", "/tmp/d".as_ref(), "/tmp/d/bootstrap.json".as_ref());
        insta::assert_snapshot!(text, @r"

        This is its first start. A key was made and is in /tmp/d/bootstrap.json:

          export WRENN_BASE_URL=http://127.0.0.1:1
          export WRENN_API_KEY=wrn_k

        As root on this machine no key is needed:

          wrenn run minimal --data-dir /tmp/d -- echo hello
        ");
    }
}
