//! A progress bar on standard error; nothing where that is no terminal.

use indicatif::{ProgressBar, ProgressStyle};

use super::progress::Step;

/// Shows the last step it was given.
#[derive(Default)]
pub struct Bar(Option<ProgressBar>);

impl Bar {
    /// Shows this step.
    pub fn show(&mut self, step: &Step) {
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

fn begin(step: &Step) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {msg}, {eta} left");
    let style = style.expect("the template is well-formed");
    ProgressBar::new(step.total)
        .with_style(style)
        .with_message(step.of.clone())
}
