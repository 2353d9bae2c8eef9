//! What the pipeline makes of a picture, and how it keeps within its bounds.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use kanvaro::media::image::{Format, ImageError, ImageLimits, decode};
use kanvaro::media::{Order, Pipeline, PipelineOptions, Source};

use super::sample;

pub fn options() -> PipelineOptions {
    PipelineOptions {
        limits: ImageLimits::default(),
        memory: 512 << 20,
        threads: 2,
        waiting: 100,
    }
}

fn bytes(file: Vec<u8>) -> Source {
    Source::Bytes(Bytes::from(file))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_standard_set_of_a_photo() {
    let pipeline = Pipeline::new(options());
    let file = sample::plain_jpeg(1600, 1200);
    let processed = pipeline.process(bytes(file), Order::Standard).await.unwrap();
    assert_eq!(
        (processed.format, processed.width, processed.height),
        (Format::Jpeg, 1600, 1200)
    );
    assert!(
        processed
            .placeholder
            .is_some_and(|hash| (20..=40).contains(&hash.len()))
    );
    let made: Vec<(String, u32, u32)> = processed
        .outputs
        .iter()
        .map(|output| (output.variant.name.clone(), output.width, output.height))
        .collect();
    let expected = [
        ("optimized", 800, 600),
        ("thumbnail", 150, 150),
        ("w320", 320, 240),
        ("w640", 640, 480),
        ("w768", 768, 576),
        ("w1024", 1024, 768),
        ("w1280", 1280, 960),
    ];
    assert_eq!(
        made,
        expected.map(|(name, width, height)| (name.to_owned(), width, height))
    );
    for output in processed.outputs {
        let raster = decode(&output.bytes, &ImageLimits::default(), 1.0).unwrap();
        assert_eq!((raster.width(), raster.height()), (output.width, output.height));
        let type_of = Format::of(&output.bytes).unwrap().content_type();
        assert_eq!(type_of, output.variant.encoding.content_type());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turned_photo_has_upright_variants() {
    let pipeline = Pipeline::new(options());
    let exif = sample::exif(6);
    let file = sample::jpeg(&sample::quarters(1600, 800), |encoder| {
        encoder.add_exif_metadata(&exif).unwrap();
    });
    let processed = pipeline.process(bytes(file), Order::Standard).await.unwrap();
    assert_eq!((processed.width, processed.height), (800, 1600));
    let optimized = &processed.outputs[0];
    assert_eq!((optimized.width, optimized.height), (300, 600));
    let raster = decode(&optimized.bytes, &ImageLimits::default(), 1.0).unwrap();
    let top_left = raster.pixel(50, 50);
    assert!(
        top_left[2] > 150 && top_left[0] < 100,
        "the lower left came up: {top_left:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_content_of_a_file_decides_not_its_name() {
    let pipeline = Pipeline::new(options());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("photo.png");
    std::fs::write(&path, sample::plain_jpeg(100, 80)).unwrap();
    let processed = pipeline.process(Source::File(path), Order::Standard).await.unwrap();
    assert_eq!(processed.format, Format::Jpeg);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_come_out_right_one_after_the_other() {
    // Room for one at a time.
    let limits = ImageLimits {
        memory: 40 << 20,
        ..ImageLimits::default()
    };
    let pipeline = Pipeline::new(PipelineOptions {
        limits,
        memory: 0,
        ..options()
    });
    let file = Bytes::from(sample::plain_jpeg(700, 500));
    let all = (0..12).map(|_| pipeline.process(Source::Bytes(file.clone()), Order::Standard));
    let first = pipeline
        .process(Source::Bytes(file.clone()), Order::Standard)
        .await
        .unwrap();
    for processed in join_all(all).await {
        let processed = processed.unwrap();
        assert!(
            processed
                .outputs
                .iter()
                .zip(&first.outputs)
                .all(|(a, b)| a.bytes == b.bytes)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_may_wait_are_refused() {
    let pipeline = Pipeline::new(PipelineOptions {
        limits: ImageLimits {
            memory: 40 << 20,
            ..ImageLimits::default()
        },
        memory: 0,
        waiting: 2,
        threads: 1,
    });
    let file = Bytes::from(sample::plain_jpeg(1000, 800));
    let all = (0..8).map(|_| pipeline.process(Source::Bytes(file.clone()), Order::Standard));
    let results = join_all(all).await;
    let busy = results
        .iter()
        .filter(|result| matches!(result, Err(ImageError::Busy { .. })));
    let done = results.iter().filter(|result| result.is_ok()).count();
    assert!(busy.count() >= 1 && done >= 2, "{done} were done");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_up_gives_the_room_back() {
    let pipeline = Pipeline::new(PipelineOptions {
        limits: ImageLimits {
            memory: 40 << 20,
            ..ImageLimits::default()
        },
        memory: 0,
        ..options()
    });
    let file = Bytes::from(sample::plain_jpeg(1000, 800));
    for _ in 0..10 {
        let given_up = pipeline.process(Source::Bytes(file.clone()), Order::Standard);
        let _ = tokio::time::timeout(Duration::from_millis(5), given_up).await;
    }
    let last = pipeline.process(Source::Bytes(file), Order::Standard);
    tokio::time::timeout(Duration::from_secs(20), last)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_above_its_limit_is_refused_with_the_limit() {
    let pipeline = Pipeline::new(PipelineOptions {
        limits: ImageLimits {
            bytes: 1000,
            ..ImageLimits::default()
        },
        ..options()
    });
    let file = sample::plain_jpeg(1000, 800);
    let bytes_of_it = file.len() as u64;
    let refused = pipeline.process(bytes(file), Order::Standard).await.unwrap_err();
    let expected = ImageError::TooManyBytes {
        bytes: bytes_of_it,
        limit: 1000,
    };
    assert_eq!(refused, expected);
}
