//! Every coding of the same picture is read as the same picture, upright and in sRGB.

use jpeg_encoder::ColorType;
use kanvaro::media::image::{Encoding, ImageLimits, Orientation, Pixels, Raster, decode, encode};
use moxcms::ColorProfile;

use super::sample::{self, QUARTERS, quarter, quarters, windowed};

const SIZE: (u32, u32) = (64, 48);

fn read(file: &[u8]) -> Raster {
    decode(file, &ImageLimits::default(), 1.0).unwrap()
}

/// The colour in the middle of each quarter.
fn colours(raster: &Raster) -> Vec<Vec<u8>> {
    let at = |side: u32, far: bool| if far { side - 1 - side / 4 } else { side / 4 };
    let middles = [(false, false), (true, false), (false, true), (true, true)];
    let pixel = |(x, y): (bool, bool)| raster.pixel(at(raster.width(), x), at(raster.height(), y));
    middles.into_iter().map(|middle| pixel(middle).to_vec()).collect()
}

#[track_caller]
fn shows(raster: &Raster, expected: [[u8; 3]; 4], tolerance: u8) {
    let found = colours(raster);
    let near = found
        .iter()
        .zip(expected)
        .all(|(found, expected)| found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= tolerance));
    assert!(near, "found {found:?}, expected {expected:?}");
}

#[track_caller]
fn shows_the_quarters(file: &[u8], tolerance: u8) {
    let raster = read(file);
    assert_eq!((raster.width(), raster.height()), SIZE);
    shows(&raster, QUARTERS, tolerance);
}

fn sixteen(samples: &[u8]) -> Vec<u8> {
    samples.iter().flat_map(|value| [*value, 0x7f]).collect()
}

fn picture() -> Raster {
    quarters(SIZE.0, SIZE.1)
}

#[test]
fn jpeg_baseline() {
    shows_the_quarters(&sample::plain_jpeg(64, 48), 4);
}

#[test]
fn jpeg_progressive() {
    shows_the_quarters(&sample::jpeg(&picture(), |encoder| encoder.set_progressive(true)), 4);
}

#[test]
fn jpeg_in_a_scan_for_each_component() {
    let file = sample::jpeg(&picture(), |encoder| encoder.set_optimized_huffman_tables(true));
    let scans = file.windows(2).filter(|pair| *pair == [0xff, 0xda]).count();
    assert_eq!(scans, 3);
    shows_the_quarters(&file, 4);
}

#[test]
fn jpeg_with_restarts() {
    shows_the_quarters(&sample::jpeg(&picture(), |encoder| encoder.set_restart_interval(2)), 4);
}

#[test]
fn jpeg_cmyk() {
    shows_the_quarters(&sample::cmyk_jpeg(64, 48, ColorType::Cmyk), 4);
}

#[test]
fn jpeg_cmyk_through_ycck() {
    shows_the_quarters(&sample::cmyk_jpeg(64, 48, ColorType::CmykAsYcck), 4);
}

#[test]
fn jpeg_grey() {
    let mut file = Vec::new();
    let grey: Vec<u8> = picture().data().chunks_exact(3).map(|pixel| pixel[1]).collect();
    let encoder = jpeg_encoder::Encoder::new(&mut file, 95);
    encoder.encode(&grey, 64, 48, ColorType::Luma).unwrap();
    shows(&read(&file), QUARTERS.map(|colour| [colour[1]; 3]), 3);
}

#[test]
fn png_of_8_bits() {
    shows_the_quarters(
        &sample::png(
            SIZE,
            png::ColorType::Rgb,
            png::BitDepth::Eight,
            picture().data(),
            |_| {},
        ),
        0,
    );
}

#[test]
fn png_of_16_bits() {
    let samples = sixteen(picture().data());
    let file = sample::png(SIZE, png::ColorType::Rgb, png::BitDepth::Sixteen, &samples, |_| {});
    shows_the_quarters(&file, 0);
}

#[test]
fn png_interlaced() {
    shows_the_quarters(&sample::interlaced_png(&picture()), 0);
}

#[test]
fn png_with_a_palette() {
    let indexes: Vec<u8> = (0..48)
        .flat_map(|y| (0..64).map(move |x| quarter(x, y, 64, 48) as u8))
        .collect();
    let palette = QUARTERS.concat();
    let file = sample::png(
        SIZE,
        png::ColorType::Indexed,
        png::BitDepth::Eight,
        &indexes,
        |encoder| {
            encoder.set_palette(palette);
        },
    );
    shows_the_quarters(&file, 0);
}

#[test]
fn png_grey_of_16_bits_with_alpha() {
    let samples: Vec<u8> = [[90, 255]; 64 * 48].concat();
    let file = sample::png(
        SIZE,
        png::ColorType::GrayscaleAlpha,
        png::BitDepth::Sixteen,
        &sixteen(&samples),
        |_| {},
    );
    shows(&read(&file), [[90; 3]; 4], 0);
}

#[test]
fn webp_lossy_and_lossless() {
    shows_the_quarters(&sample::webp(&picture()), 4);
    shows_the_quarters(&sample::lossless_webp(&picture()), 0);
}

#[test]
fn the_first_frame_of_animations() {
    shows_the_quarters(&sample::gif(&picture()), 0);
    shows_the_quarters(&sample::animated_webp(&picture()), 4);
}

#[test]
fn alpha_is_kept_where_the_format_has_it_and_is_white_in_jpeg() {
    let file = encode(&windowed(64, 48), Encoding::Png, 80).unwrap();
    let raster = read(&file);
    assert_eq!(raster.pixels(), Pixels::Rgba);
    for (encoding, expected) in [
        (Encoding::WebP, Some(0)),
        (Encoding::Png, Some(0)),
        (Encoding::Jpeg, None),
    ] {
        let again = read(&encode(&raster, encoding, 90).unwrap());
        let last = &colours(&again)[3];
        assert_eq!(last.get(3).copied(), expected, "{encoding:?}");
        if expected.is_none() {
            assert!(last.iter().all(|value| *value > 250), "{last:?}");
        }
    }
}

#[test]
fn idle_alpha_is_dropped() {
    let opaque: Vec<u8> = picture()
        .data()
        .chunks_exact(3)
        .flat_map(|p| [p[0], p[1], p[2], 255])
        .collect();
    let file = sample::png(SIZE, png::ColorType::Rgba, png::BitDepth::Eight, &opaque, |_| {});
    assert_eq!(read(&file).pixels(), Pixels::Rgb);
}

/// What the four quarters are when a picture that is stored as ours is turned.
fn turned(number: u16) -> [[u8; 3]; 4] {
    let [a, b, c, d] = QUARTERS;
    match number {
        1 => [a, b, c, d],
        2 => [b, a, d, c],
        3 => [d, c, b, a],
        4 => [c, d, a, b],
        5 => [a, c, b, d],
        6 => [c, a, d, b],
        7 => [d, b, c, a],
        8 => [b, d, a, c],
        _ => unreachable!(),
    }
}

#[test]
fn all_eight_orientations_are_applied() {
    for number in 1..=8 {
        let exif = sample::exif(number);
        let jpeg = sample::jpeg(&picture(), |encoder| encoder.add_exif_metadata(&exif).unwrap());
        let webp = sample::webp_with_exif(&picture(), &exif);
        let rows: Vec<u8> = picture()
            .data()
            .chunks_exact(3 * 64)
            .flat_map(|row| [&[0], row].concat())
            .collect();
        let chunks = [(b"eXIf", exif.clone()), (b"IDAT", sample::deflated(&rows))];
        let png = sample::raw_png(SIZE, 8, 2, 0, &chunks);
        for file in [jpeg, webp, png] {
            let raster = read(&file);
            let expected = Orientation::numbered(number).unwrap().turned(64, 48);
            assert_eq!((raster.width(), raster.height()), expected, "orientation {number}");
            shows(&raster, turned(number), 4);
        }
    }
}

#[test]
fn a_wide_profile_becomes_srgb() {
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let jpeg = sample::jpeg(&picture(), |encoder| encoder.add_icc_profile(&profile).unwrap());
    let rows: Vec<u8> = picture()
        .data()
        .chunks_exact(3 * 64)
        .flat_map(|row| [&[0], row].concat())
        .collect();
    let iccp = [&b"p3\0\0"[..], &sample::deflated(&profile)].concat();
    let png = sample::raw_png(SIZE, 8, 2, 0, &[(b"iCCP", iccp), (b"IDAT", sample::deflated(&rows))]);
    let webp = {
        let still = sample::webp(&picture());
        let all = [sample::webp_chunk(b"ICCP", &profile), still[12..].to_vec()].concat();
        sample::extended_webp(0b10_0000, SIZE, &all)
    };
    for file in [jpeg, png, webp] {
        let colours = colours(&read(&file));
        // Display P3's green is outside of sRGB: red falls away; its white is sRGB's.
        assert!(colours[1][0] < 20, "{colours:?}");
        assert!(colours[3].iter().all(|value| value.abs_diff(240) <= 3), "{colours:?}");
    }
}

#[test]
fn decoding_smaller_shows_the_same() {
    let (width, height) = (803, 601);
    let large = quarters(width, height);
    let files = [
        sample::plain_jpeg(width, height),
        sample::jpeg(&large, |encoder| encoder.set_progressive(true)),
        sample::png(
            (width, height),
            png::ColorType::Rgb,
            png::BitDepth::Eight,
            large.data(),
            |_| {},
        ),
        sample::interlaced_png(&large),
        sample::webp(&large),
        sample::gif(&large),
    ];
    for (index, file) in files.iter().enumerate() {
        for (enough, factor) in [(0.5, 2), (0.25, 4), (0.12, 8)] {
            let raster = decode(file, &ImageLimits::default(), enough).unwrap();
            let size = (raster.width(), raster.height());
            assert_eq!(size, (width.div_ceil(factor), height.div_ceil(factor)), "file {index}");
            shows(&raster, QUARTERS, 4);
        }
    }
}

#[test]
fn a_line_is_not_shrunk_away() {
    for (width, height) in [(20_000, 1), (1, 20_000), (1, 1)] {
        let file = sample::plain_jpeg(width, height);
        let raster = decode(&file, &ImageLimits::default(), 0.04).unwrap();
        let expected = (width.div_ceil(8), height.div_ceil(8));
        assert_eq!((raster.width(), raster.height()), expected);
    }
}
