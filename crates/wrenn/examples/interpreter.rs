//! Python, cell by cell: variables that stay, output as it comes, a table, an exception.
//!
//! `cargo run -p wrenn --example interpreter`, with `WRENN_API_KEY` and `WRENN_BASE_URL` set.

use wrenn::{CellEvent, CodeInterpreter};

#[tokio::main]
async fn main() -> Result<(), wrenn::Error> {
    CodeInterpreter::create().with(run).await
}

async fn run(interpreter: &CodeInterpreter) -> Result<(), wrenn::Error> {
    let notebook = interpreter.notebook();
    notebook.exec_cell("import pandas\ndata = pandas.DataFrame({'n': [1, 2], 'square': [1, 4]})").await?;
    let table = notebook.exec_cell("data").await?;
    println!("{}", table.text().unwrap_or_default());

    let code = "import time\nfor n in data.n:\n    print(n, flush=True)\n    time.sleep(0.2)";
    let mut events = notebook.exec_cell(code).stream().await?;
    while let Some(event) = events.next().await {
        if let CellEvent::Stdout(text) = event? {
            print!("{text}");
        }
    }

    if let Some(error) = notebook.exec_cell("data['nothing']").await?.error {
        println!("{}: {}", error.name, error.value); // KeyError: 'nothing'
    }
    Ok(())
}
