//! Pictures damaged by dice: whatever is given to the decoder, it answers soon, and the process goes on.

use std::time::{Duration, Instant};

use jpeg_encoder::ColorType;
use kanvaro::media::image::{ImageLimits, decode};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::sample;

/// So small that a run tries much.
const LIMITS: ImageLimits = ImageLimits {
    bytes: 1 << 20,
    pixels: 4_000_000,
    memory: 128 << 20,
};

fn corpus() -> Vec<Vec<u8>> {
    let raster = sample::quarters(61, 43);
    let exif = sample::exif(6);
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    vec![
        sample::plain_jpeg(61, 43),
        sample::jpeg(&raster, |encoder| encoder.set_progressive(true)),
        sample::jpeg(&raster, |encoder| encoder.set_optimized_huffman_tables(true)),
        sample::jpeg(&raster, |encoder| {
            encoder.set_restart_interval(3);
            encoder.add_exif_metadata(&exif).unwrap();
            encoder.add_icc_profile(&profile).unwrap();
        }),
        sample::cmyk_jpeg(61, 43, ColorType::Cmyk),
        sample::png(
            (61, 43),
            png::ColorType::Rgb,
            png::BitDepth::Eight,
            raster.data(),
            |_| {},
        ),
        sample::interlaced_png(&raster),
        sample::webp(&raster),
        sample::webp(&sample::windowed(61, 43)),
        sample::lossless_webp(&raster),
        sample::animated_webp(&raster),
        sample::webp_with_exif(&raster, &exif),
        sample::gif(&raster),
    ]
}

fn number(name: &str, otherwise: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(otherwise, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name} is a number"))
    })
}

/// 30 seconds, or KANVARO_TEST_FUZZ_SECONDS; from KANVARO_TEST_FUZZ_SEED, or a seed that is printed.
#[test]
fn no_damage_does_harm() {
    let seed = number("KANVARO_TEST_FUZZ_SEED", rand::random());
    let time = Duration::from_secs(number("KANVARO_TEST_FUZZ_SECONDS", 30));
    println!("seed {seed}");
    let (corpus, mut dice) = (corpus(), StdRng::seed_from_u64(seed));
    let patience = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 2 });
    let (start, mut runs, mut read) = (Instant::now(), 0_u64, 0_u64);
    while start.elapsed() < time {
        let file = damaged(&corpus, &mut dice);
        let begun = Instant::now();
        let decoded = decode(&file, &LIMITS, *[1.0, 0.5, 0.1].choose(&mut dice).unwrap());
        let taken = begun.elapsed();
        if taken >= patience {
            let kept = concat!(env!("CARGO_TARGET_TMPDIR"), "/slow-picture");
            std::fs::write(kept, &file).unwrap();
            panic!(
                "seed {seed}, run {runs}: {taken:?} for {:?}; kept as {kept}",
                decoded.map(|_| ())
            );
        }
        runs += 1;
        read += u64::from(decoded.is_ok());
    }
    println!("{runs} runs, {read} of them read");
    assert!(
        read > 0 && read < runs,
        "the damage is neither none nor total: {read} of {runs}"
    );
}

/// One of the corpus with a few changes.
fn damaged(corpus: &[Vec<u8>], dice: &mut StdRng) -> Vec<u8> {
    let mut file = corpus.choose(dice).unwrap().clone();
    for _ in 0..dice.random_range(1..6) {
        if file.is_empty() {
            break;
        }
        let at = dice.random_range(0..file.len());
        // What matters stands at the beginning, mostly.
        let at = if dice.random_bool(0.6) {
            at % 200.min(file.len())
        } else {
            at
        };
        let length = dice.random_range(1..40).min(file.len() - at);
        match dice.random_range(0..8) {
            0 => file[at] ^= 1 << dice.random_range(0..8),
            1 => file[at] = *[0, 1, 0x7f, 0x80, 0xfe, 0xff].choose(dice).unwrap(),
            2 => file[at] = dice.random(),
            3 => file.truncate(at),
            4 => drop(file.drain(at..at + length)),
            5 => {
                let again = file[at..at + length].to_vec();
                file.splice(at..at, again);
            }
            6 => {
                let other = corpus.choose(dice).unwrap();
                let from = dice.random_range(0..other.len());
                let part = &other[from..(from + length).min(other.len())];
                file.splice(at..at, part.iter().copied());
            }
            _ => file[at..at + length].fill(dice.random()),
        }
    }
    file
}
