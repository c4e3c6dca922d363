//! Cells of the code interpreter.

use std::time::Instant;

use anyhow::ensure;
use wrenn::{Client, CodeInterpreter};

use crate::{
    report::{Report, Row},
    series::Series,
};

pub(crate) async fn measure(client: &Client, report: &mut Report) -> anyhow::Result<()> {
    // The first capsule reads the template's files from the disk.
    create(client).await?.destroy().await?;
    let (mut ready, mut first) = (Series::default(), Series::default());
    for _ in 0..10 {
        let started = Instant::now();
        let interpreter = create(client).await?;
        ready.push(started.elapsed());
        expect(&interpreter, "1 + 1", "2").await?;
        first.push(started.elapsed());
        interpreter.destroy().await?;
    }
    report.add(Row::times("jupyter: create until ready", &ready));
    report.add(Row::times("jupyter: create until the first cell's result", &first));

    let interpreter = create(client).await?;
    let mut cell = Series::default();
    for _ in 0..100 {
        let started = Instant::now();
        expect(&interpreter, "1 + 1", "2").await?;
        cell.push(started.elapsed());
    }
    report.add(Row::times("jupyter: cell `1 + 1`", &cell));
    let mut figure = Series::default();
    let code = "import matplotlib.pyplot as plt; plt.plot([1, 4, 9]); plt.show()";
    interpreter.notebook().exec_cell(code).await?;
    for _ in 0..10 {
        let started = Instant::now();
        let result = interpreter.notebook().exec_cell(code).await?;
        figure.push(started.elapsed());
        ensure!(result.results.iter().any(|output| output.png().is_some()), "no figure came: {result:?}");
    }
    report.add(Row::times("jupyter: cell that plots a figure", &figure));
    interpreter.destroy().await?;
    Ok(())
}

async fn create(client: &Client) -> anyhow::Result<CodeInterpreter> {
    let interpreter = CodeInterpreter::create().client(client).await?;
    interpreter.capsule().wait_for_ready().await?;
    Ok(interpreter)
}

async fn expect(interpreter: &CodeInterpreter, code: &str, value: &str) -> anyhow::Result<()> {
    let result = interpreter.notebook().exec_cell(code).await?;
    ensure!(result.text() == Some(value), "{code} came to {result:?}");
    Ok(())
}
