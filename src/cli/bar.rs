//! A progress bar on standard error; nothing where that is no terminal.

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use super::progress::{Progress, Step};

/// Shows the last step it was given.
#[derive(Default)]
pub struct Bar(Option<ProgressBar>);

impl Bar {
    /// Shows this step.
    pub fn show(&mut self, step: &Step) {
        if let Some(other) = self.0.take_if(|bar| bar.message() != step.of) {
            other.finish_and_clear();
        }
        let bar = self.0.get_or_insert_with(|| begin(step));
        bar.set_position(step.done);
    }

    /// Takes the bar away.
    pub fn end(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Shows the steps of this work while it is done.
pub async fn watched<T, W: Future<Output = T>>(work: impl FnOnce(Progress) -> W) -> Result<T> {
    let (progress, mut steps) = Progress::told();
    let drawing = tokio::spawn(async move {
        let mut bar = Bar::default();
        while let Some(step) = steps.recv().await {
            bar.show(&step);
        }
        bar.end();
    });
    let done = work(progress).await;
    drawing.await?;
    Ok(done)
}

fn begin(step: &Step) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {msg}, {eta} left");
    let style = style.expect("the template is well-formed");
    ProgressBar::new(step.total)
        .with_style(style)
        .with_message(step.of.clone())
}
