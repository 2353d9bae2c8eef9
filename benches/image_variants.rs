//! How long the standard set of a photo takes, one photo at a time. Photos are those in the directory KANVARO_BENCH_PHOTOS, or one made
//! here; with KANVARO_BENCH_OUTPUT what is made is written there. Prints a line of JSON a photo: the best run, and where the system tells
//! it the processor time of a run, for machines that do other work too. `cargo bench --bench image_variants`

use std::path::{Path, PathBuf};
use std::time::Instant;

use bytes::Bytes;
use kanvaro::media::image::{Encoding, ImageLimits, Pixels, Raster, encode};
use kanvaro::media::{Order, Pipeline, PipelineOptions, Processed, Source};
use serde_json::json;
use tokio::runtime::Runtime;

const RUNS: usize = 5;

fn main() {
    let runtime = Runtime::new().expect("a runtime starts");
    let pipeline = Pipeline::new(PipelineOptions {
        limits: ImageLimits::default(),
        memory: 512 << 20,
        threads: std::thread::available_parallelism().map_or(2, usize::from),
        waiting: 100,
    });
    for (name, file) in photos() {
        let mut best = f64::INFINITY;
        let mut made = None;
        let before = processor_milliseconds();
        for _ in 0..RUNS {
            let start = Instant::now();
            let processed = runtime.block_on(pipeline.process(Source::Bytes(file.clone()), Order::Standard));
            best = best.min(start.elapsed().as_secs_f64() * 1000.0);
            made = Some(processed.expect("the photo is one"));
        }
        let made = made.expect("there was a run");
        let processor = before.zip(processor_milliseconds());
        let processor = processor.map(|(before, after)| (after - before) / RUNS as f64);
        let bytes: Vec<_> = made
            .outputs
            .iter()
            .map(|output| (&output.variant.name, output.bytes.len()))
            .collect();
        println!(
            "{}",
            json!({ "photo": name, "milliseconds": best, "processor": processor, "bytes": bytes })
        );
        write(&name, &made);
    }
}

/// Processor time of this process so far, in steps of 10 ms; Linux tells it.
fn processor_milliseconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks
        .map(|ticks| ticks.parse::<f64>().ok().map(|ticks| 10.0 * ticks))
        .sum()
}

fn photos() -> Vec<(String, Bytes)> {
    let Some(directory) = std::env::var_os("KANVARO_BENCH_PHOTOS") else {
        return vec![("made".into(), made())];
    };
    let entries = std::fs::read_dir(directory).expect("the photos' directory can be read");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    let named = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (name, std::fs::read(path).expect("a photo can be read").into())
    };
    paths.iter().map(named).collect()
}

/// Twelve million pixels that are neither plain nor noise.
fn made() -> Bytes {
    let (width, height) = (4000, 3000);
    let pixel = |x: u32, y: u32| {
        let wave = |scale: f64| ((f64::from(x) / scale).sin() * (f64::from(y) / scale).cos() * 60.0 + 128.0) as u8;
        [wave(97.0), wave(31.0), wave(11.0)]
    };
    let data = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| pixel(x, y)))
        .collect();
    let raster = Raster::new(width, height, Pixels::Rgb, data);
    encode(&raster, Encoding::Jpeg, 90).expect("it can be encoded").into()
}

fn write(name: &str, made: &Processed) {
    let Some(directory) = std::env::var_os("KANVARO_BENCH_OUTPUT") else {
        return;
    };
    for output in &made.outputs {
        let file = format!("{name}.{}.{}", output.variant.name, output.variant.encoding.extension());
        std::fs::write(Path::new(&directory).join(file), &output.bytes).expect("there is room for it");
    }
}
