//! Nothing of what a file says besides its pixels gets out: no position, no profile, no hidden script.

use bytes::Bytes;
use kanvaro::media::{Options, Order, Pipeline, Source, Variant};

use super::pipeline::options;
use super::sample;

/// Whatever must not be found in any output.
const TRACES: &[&[u8]] = &[
    b"GPS-POSITION",
    b"Exif",
    b"EXIF",
    b"ns.adobe.com",
    b"<script",
    b"ICC_PROFILE",
    b"iCCP",
    b"a comment",
];

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let raster = sample::quarters(420, 270);
    let exif = sample::exif(6);
    let xmp = [&b"http://ns.adobe.com/xap/1.0/\0"[..], b"<x>GPS-POSITION</x>"].concat();
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let mut jpeg = sample::jpeg(&raster, |encoder| {
        encoder.add_exif_metadata(&exif).unwrap();
        encoder.add_app_segment(1, xmp.clone()).unwrap();
        encoder.add_icc_profile(&profile).unwrap();
    });
    // A comment, and behind the end a page.
    jpeg.splice(2..2, [&[0xff, 0xfe, 0, 11][..], b"a comment"].concat());
    jpeg.extend(b"<html><script>alert(1)</script>");
    let rows: Vec<u8> = raster
        .data()
        .chunks_exact(3 * 420)
        .flat_map(|row| [&[0], row].concat())
        .collect();
    let mut png = sample::raw_png(
        (420, 270),
        8,
        2,
        0,
        &[
            (b"eXIf", exif.clone()),
            (b"tEXt", b"Comment\0<script>GPS-POSITION".to_vec()),
            (b"IDAT", sample::deflated(&rows)),
        ],
    );
    png.extend(b"PK\x03\x04 GPS-POSITION");
    let webp = sample::webp_with_exif(&raster, &exif);
    let mut gif = sample::gif(&raster);
    // In front of the first frame a comment; the palette has 8 colours.
    gif.splice(
        13 + 24..13 + 24,
        [&b"\x21\xfe\x14"[..], b"<script>GPS-POSITION\0"].concat(),
    );
    vec![("jpeg", jpeg), ("png", png), ("webp", webp), ("gif", gif)]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_output_carries_metadata() {
    let pipeline = Pipeline::new(options());
    for (name, file) in files() {
        assert!(has(&file, b"GPS-POSITION"), "{name} carries nothing to begin with");
        let formats = ["jpeg", "png", "webp"].map(|format| {
            let options = Options {
                width: Some(200),
                format: Some(format.into()),
                ..Options::default()
            };
            Order::One(Variant::custom(&options).unwrap())
        });
        for order in formats.into_iter().chain([Order::Standard]) {
            let processed = pipeline
                .process(Source::Bytes(Bytes::from(file.clone())), order)
                .await
                .unwrap();
            for output in processed.outputs {
                let found = TRACES.iter().find(|trace| has(&output.bytes, trace));
                let found = found.map(|trace| String::from_utf8_lossy(trace));
                assert_eq!(found, None, "in {} of the {name}", output.variant.name);
            }
        }
    }
}

fn has(file: &[u8], trace: &[u8]) -> bool {
    file.windows(trace.len()).any(|window| window == trace)
}
