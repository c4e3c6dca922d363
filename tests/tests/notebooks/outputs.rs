//! What cells print and show.

use std::time::Duration;

use futures_util::StreamExt;
use wrenn::{CellEvent, Error};

use crate::interpreter;

#[tokio::test]
async fn things_are_shown_in_every_form_that_they_have() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    let code = "import matplotlib.pyplot as plt\nplt.figure(figsize=(4, 3), dpi=100)\nplt.plot([1, 4, 9])\nplt.show()";
    let plotted = notebook.exec_cell(code).timeout(Duration::from_secs(60)).await.unwrap();
    assert_eq!((plotted.exit_code, plotted.results.len()), (0, 1), "{plotted:?}");
    let image = plotted.results[0].png().expect("a PNG");
    let (width, height) = decode(image);
    assert!((200..600).contains(&width) && (150..500).contains(&height), "{width}x{height}");

    let code = "import pandas\npandas.DataFrame({'a': [1, 2]})";
    let table = notebook.exec_cell(code).timeout(Duration::from_secs(60)).await.unwrap();
    let table = table.main().expect("a value");
    assert!(table.html().expect("HTML").contains("<table"), "{table:?}");
    assert!(table.text().expect("text").contains('1'));

    let code = "from IPython.display import *\n\
        display(HTML('<b>b</b>'), Markdown('*m*'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'), Latex('$l$'),\n\
        JSON({'j': 1}), Javascript('js()'))\n\
        handle = display('first', display_id='place')\nhandle.update('second')";
    let shown = notebook.exec_cell(code).await.unwrap().results;
    assert_eq!(shown[0].html(), Some("<b>b</b>"));
    assert_eq!(shown[1].markdown(), Some("*m*"));
    assert!(shown[2].svg().expect("an SVG").contains("<svg"));
    assert_eq!(shown[3].latex(), Some("$l$"));
    assert_eq!(shown[4].json().expect("JSON")["j"], 1);
    assert_eq!(shown[5].javascript(), Some("js()"));
    assert_eq!((shown[6].text(), shown[6].display_id.as_deref()), (Some("'second'"), Some("place")));

    let code = "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')";
    assert_eq!(notebook.exec_cell(code).await.unwrap().stdout, "stays\n");
    server.assert_clean().await;
}

/// The width and height of a PNG whose every row can be read.
fn decode(base64: &str) -> (u32, u32) {
    use base64::Engine as _;
    let text: String = base64.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).expect("base64");
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let frame = reader.next_frame(&mut pixels).expect("every row");
    let mut seen = pixels.clone();
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() > 2, "there is something on it");
    (frame.width, frame.height)
}

#[tokio::test]
async fn output_comes_while_the_cell_runs_and_in_order() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    let code = "import sys, time, os\nfor i in range(3):\n    print('out', i, flush=True)\n    print('err', i, file=sys.stderr, flush=True)\n\
        while not os.path.exists('/tmp/go'): time.sleep(0.02)\ndisplay('shown')\n1/0";
    let mut events = notebook.exec_cell(code).stream().await.unwrap();
    let (mut out, mut err) = (String::new(), String::new());
    let started = events.next().await.unwrap().unwrap();
    assert!(matches!(started, CellEvent::Started { execution_count: Some(1) }), "{started:?}");
    // All of it arrives although the cell has not ended.
    while !(out.ends_with("out 2\n") && err.ends_with("err 2\n")) {
        match events.next().await.unwrap().unwrap() {
            CellEvent::Stdout(text) => out += &text,
            CellEvent::Stderr(text) => err += &text,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(out, "out 0\nout 1\nout 2\n");
    assert_eq!(err, "err 0\nerr 1\nerr 2\n");
    interpreter.capsule().commands().exec("touch").arg("/tmp/go").await.unwrap();
    let rest: Vec<_> = events.map(Result::unwrap).collect().await;
    let [CellEvent::Output(shown), CellEvent::Exception(error), CellEvent::Ended(end)] = &rest[..] else {
        panic!("{rest:?}")
    };
    assert_eq!((shown.text(), error.name.as_str(), end.exit_code), (Some("'shown'"), "ZeroDivisionError", 1));

    let mut events = notebook.exec_cell("while True: pass").stream().await.unwrap();
    events.next().await.unwrap().unwrap();
    events.interrupt().await.unwrap();
    let rest: Vec<_> = events.map(Result::unwrap).collect().await;
    let Some(CellEvent::Ended(end)) = rest.last() else { panic!("{rest:?}") };
    assert!(end.exit_code == 1 && !end.timed_out, "{end:?}");
    server.assert_clean().await;
}

#[tokio::test]
async fn much_output_arrives_whole_and_too_much_is_refused() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    let code = "for i in range(200_000): print(i, 'x' * 40)";
    let much = notebook.exec_cell(code).timeout(Duration::from_secs(120)).await.unwrap();
    let lines: Vec<_> = much.stdout.lines().collect();
    assert_eq!(lines.len(), 200_000);
    for (number, line) in lines.iter().enumerate() {
        assert!(line.starts_with(&format!("{number} ")), "{line:?} where {number} should be");
    }
    let code = "import time; chunk = 'x' * (1 << 20)\nwhile True:\n    print(chunk, flush=True)\n    time.sleep(0.1)";
    let refused = notebook.exec_cell(code).timeout(Duration::from_secs(120)).await.unwrap_err();
    assert!(matches!(refused, Error::PayloadTooLarge(_)), "{refused}");
    let later = notebook.exec_cell("len(chunk)").await.unwrap();
    assert_eq!(later.text(), Some("1048576"), "the variables are still there: {later:?}");
    server.assert_clean().await;
}
