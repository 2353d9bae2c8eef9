//! Pictures made to hurt: cut off, contradictory, tiny files of huge pictures. Each is a right result or a clear refusal, soon, and
//! in little memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kanvaro::media::image::{Format, ImageError, ImageLimits, decode};
use kanvaro::media::{Order, Pipeline, Source};

use super::pipeline::options;
use super::sample::{self, deflated, deflated_zeros, raw_png};

fn refusal(file: &[u8]) -> ImageError {
    decode(file, &ImageLimits::default(), 1.0).unwrap_err()
}

#[test]
fn what_is_cut_off_is_refused() {
    let raster = sample::quarters(300, 200);
    let files = [
        sample::plain_jpeg(300, 200),
        sample::jpeg(&raster, |encoder| encoder.set_progressive(true)),
        sample::png(
            (300, 200),
            png::ColorType::Rgb,
            png::BitDepth::Eight,
            raster.data(),
            |_| {},
        ),
        sample::interlaced_png(&raster),
        sample::webp(&raster),
        sample::lossless_webp(&raster),
        sample::animated_webp(&raster),
    ];
    for (index, file) in files.iter().enumerate() {
        for percent in [1, 5, 20, 50, 80, 95] {
            let cut = &file[..file.len() * percent / 100];
            let refused = decode(cut, &ImageLimits::default(), 1.0);
            let is_clear = matches!(
                refused,
                Err(ImageError::Truncated { .. } | ImageError::Damaged { .. } | ImageError::NotAPicture { .. })
            );
            assert!(is_clear, "file {index} at {percent} %: {refused:?}");
        }
    }
}

#[test]
fn a_gif_that_is_cut_off_in_its_first_frame_is_refused() {
    let file = sample::gif(&sample::quarters(300, 200));
    for end in [10, 13, 30, 40, 60] {
        let refused = decode(&file[..end], &ImageLimits::default(), 1.0);
        assert!(refused.is_err(), "at {end}");
    }
}

#[test]
fn a_huge_picture_is_refused_by_its_header() {
    let limit = ImageLimits::default().pixels;
    let png = raw_png((30_000, 30_000), 8, 2, 0, &[(b"IDAT", deflated(&[0; 100]))]);
    let refused = ImageError::TooManyPixels {
        width: 30_000,
        height: 30_000,
        limit,
    };
    assert_eq!(refusal(&png), refused);
    let mut gif = sample::gif(&sample::quarters(20, 20));
    gif[6..10].copy_from_slice(&[0xff; 4]);
    assert!(matches!(refusal(&gif), ImageError::TooManyPixels { width: 65_535, .. }));
    let mut jpeg = sample::plain_jpeg(64, 48);
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xfd, 0xe8, 0xfd, 0xe8]);
    assert!(matches!(
        refusal(&jpeg),
        ImageError::TooManyPixels { width: 65_000, .. }
    ));
}

#[test]
fn a_small_screen_does_not_hide_a_huge_frame() {
    let mut gif = sample::gif(&sample::quarters(20, 20));
    let frame = gif.iter().position(|byte| *byte == 0x2c).unwrap();
    gif[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert!(matches!(refusal(&gif), ImageError::TooManyPixels { .. }));
    let frame = sample::webp(&sample::quarters(2000, 1500));
    let webp = sample::extended_webp(0, (10, 10), &frame[12..]);
    assert!(matches!(
        refusal(&webp),
        ImageError::Damaged {
            format: Format::WebP,
            ..
        }
    ));
}

#[test]
fn a_second_size_in_a_webp_does_not_hide_the_first() {
    let raster = sample::quarters(20, 20);
    let small = sample::extended_webp(0, (20, 20), &sample::webp(&raster)[12..]);
    let webp = sample::extended_webp(0, (16_000, 16_000), &small[12..]);
    assert!(matches!(
        refusal(&webp),
        ImageError::TooManyPixels { width: 16_000, .. }
    ));
}

#[test]
fn a_still_picture_does_not_hide_the_huge_frame_of_an_animation() {
    let still = sample::webp(&sample::quarters(20, 20));
    let mut moving = sample::animated_webp(&sample::quarters(20, 20));
    let start = moving.windows(3).rposition(|code| code == [0x9d, 0x01, 0x2a]).unwrap();
    moving[start + 3..start + 7].copy_from_slice(&[0xff, 0x3f, 0xff, 0x3f]);
    let both = [&still[12..], &moving[30..]].concat();
    assert!(matches!(
        refusal(&sample::extended_webp(0b10, (20, 20), &both)),
        ImageError::Damaged {
            format: Format::WebP,
            ..
        }
    ));
}

#[test]
fn a_jpeg_of_very_many_scans_is_refused() {
    let file = sample::jpeg(&sample::quarters(64, 48), |encoder| encoder.set_progressive(true));
    let start = file.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
    let end = file.len() - 2;
    let scans = file[start..end].repeat(200);
    let many = [&file[..start], &scans, &file[end..]].concat();
    assert!(matches!(refusal(&many), ImageError::TooMuchWork { .. }));
}

#[test]
fn a_profile_that_unpacks_to_much_is_not_unpacked() {
    let iccp = [&b"bomb\0\0"[..], &deflated_zeros(1 << 30)].concat();
    let rows = vec![0; (3 * 8 + 1) * 8];
    let file = raw_png((8, 8), 8, 2, 0, &[(b"iCCP", iccp), (b"IDAT", deflated(&rows))]);
    let start = Instant::now();
    let raster = decode(&file, &ImageLimits::default(), 1.0);
    assert!(start.elapsed() < limit(), "{raster:?}");
}

#[test]
fn what_is_no_picture_is_named() {
    for (file, found) in [
        (
            &b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"[..],
            "an SVG drawing",
        ),
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        (b"%PDF-1.4", "a PDF document"),
        (b"", "empty"),
    ] {
        assert_eq!(refusal(file), ImageError::NotAPicture { found });
    }
}

/// 2 s of the processor where the program is built to be used; what is built to be debugged may take longer.
fn limit() -> Duration {
    Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 2 })
}

/// Files that decode to as much as is taken, or nearly.
fn large() -> Vec<(&'static str, Vec<u8>)> {
    let zeros = |size: (u32, u32), depth: u8, color: u8, bytes: u64, interlace| {
        let rows = deflated_zeros((u64::from(size.0) * bytes + 1) * u64::from(size.1));
        raw_png(size, depth, color, interlace, &[(b"IDAT", rows)])
    };
    let mut gif = Vec::new();
    let mut encoder = gif::Encoder::new(&mut gif, 6300, 6300, &[0, 0, 0, 255, 255, 255]).unwrap();
    let frame = gif::Frame::from_indexed_pixels(6300, 6300, vec![1; 6300 * 6300], None);
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    let grey = vec![128; 6300 * 6300];
    let mut progressive = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut progressive, 50);
    encoder.set_progressive(true);
    encoder
        .encode(&grey, 6300, 6300, jpeg_encoder::ColorType::Luma)
        .unwrap();
    vec![
        ("png-16-bit-rgba", zeros((6300, 6300), 16, 6, 8, 0)),
        ("png-grey-1-bit-wide", zeros((40_000_000, 1), 1, 0, 1, 0)),
        ("png-interlaced-rgb", zeros((6300, 6300), 8, 2, 3, 1)),
        ("png-line", zeros((20_000, 1), 8, 2, 3, 0)),
        ("gif", gif),
        ("jpeg-progressive", progressive),
    ]
}

#[test]
fn large_pictures_stay_within_2_seconds_and_256_megabytes() {
    let directory = tempfile::tempdir().unwrap();
    for (name, file) in large() {
        let path = directory.path().join(name);
        std::fs::write(&path, &file).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "media::hard::child",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env("KANVARO_TEST_PICTURE", &path)
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&child.stdout).into_owned();
        assert!(child.status.success(), "{name}: {text}");
        let figure = |key: &str| -> u64 {
            let line = text
                .lines()
                .find_map(|line| line.split_once(key).map(|(_, figure)| figure))
                .unwrap_or_else(|| panic!("{name}: {text}"));
            line.trim().parse().unwrap()
        };
        let (time, memory) = (Duration::from_millis(figure("milliseconds")), figure("peak"));
        println!("{name}: {} bytes, {time:?}, {memory} MB at most", file.len());
        assert!(time < limit(), "{name} took {time:?}");
        assert!(memory <= 256, "{name} took {memory} MB");
    }
}

/// What this process has taken of the processors, which says the same on a busy machine.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks: u64 = [fields[11], fields[12]]
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .iter()
        .sum();
    Duration::from_millis(ticks * 10)
}

/// Processes one picture in a process of its own and says what it took.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "run by another test, in a process of its own"]
async fn child() {
    let path = std::env::var_os("KANVARO_TEST_PICTURE").unwrap();
    let pipeline = Pipeline::new(options());
    let processed = pipeline.process(Source::File(path.into()), Order::Standard).await;
    println!("milliseconds {}", processor_time().as_millis());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    println!("peak {}", kilobytes / 1024);
    match processed {
        Ok(processed) => println!("made {}", processed.outputs.len()),
        Err(error) => println!("refused {}: {error}", error.code()),
    }
}
