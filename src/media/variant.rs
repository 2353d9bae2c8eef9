//! Which pictures are made of an uploaded one: the standard set, or one as somebody asks for it. None is ever larger than its source.

use super::image::{Encoding, ImageError, Part, WEBP_MAX_SIDE};

/// The widths of responsive pictures.
pub const WIDTHS: [u32; 5] = [320, 640, 768, 1024, 1280];

/// How a picture fits its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// As large as it can be within these sides.
    Inside {
        /// Most pixels across.
        width: u32,
        /// Most pixels down.
        height: u32,
    },
    /// Filling these sides, with what sticks out cut off on both sides alike.
    Cover {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
}

/// A picture to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// What it is called among its siblings: `optimized`, `thumbnail`, `w640`.
    pub name: String,
    /// Its size.
    pub fit: Fit,
    /// Its format.
    pub encoding: Encoding,
    /// Its quality, 1 to 100.
    pub quality: u8,
}

/// A picture as somebody asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Most pixels across.
    pub width: Option<u32>,
    /// Most pixels down.
    pub height: Option<u32>,
    /// 1 to 100; 80 unless told.
    pub quality: Option<u32>,
    /// `jpeg`, `png` or `webp`; WebP unless told.
    pub format: Option<String>,
}

impl Variant {
    /// The set that is made of every picture of this size (width, height). Of the widths those that the picture has.
    pub fn standard(source: (u32, u32)) -> Vec<Variant> {
        let make = |name: &str, fit, encoding, quality| Variant {
            name: name.to_owned(),
            fit,
            encoding,
            quality,
        };
        let (wide, square) = (
            Fit::Inside {
                width: 800,
                height: 600,
            },
            Fit::Cover {
                width: 150,
                height: 150,
            },
        );
        let mut set = vec![
            make("optimized", wide, Encoding::WebP, 80),
            make("thumbnail", square, Encoding::Jpeg, 85),
        ];
        let widths = WIDTHS.into_iter().filter(|width| *width <= source.0);
        set.extend(widths.map(|width| {
            // No higher than WebP can be; then not as wide as it is called, but there.
            let height = WEBP_MAX_SIDE;
            make(&format!("w{width}"), Fit::Inside { width, height }, Encoding::WebP, 80)
        }));
        set
    }

    /// The one that is asked for.
    pub fn custom(options: &Options) -> Result<Variant, ImageError> {
        let side = |option, value: Option<u32>| match value {
            Some(side) if !(1..=WEBP_MAX_SIDE).contains(&side) => Err(ImageError::BadOption {
                option,
                value: side.to_string(),
                range: "from 1 to 16383",
            }),
            given => Ok(given.unwrap_or(WEBP_MAX_SIDE)),
        };
        let (width, height) = (side("width", options.width)?, side("height", options.height)?);
        let quality = options.quality.unwrap_or(80);
        let in_range = u8::try_from(quality).ok().filter(|quality| (1..=100).contains(quality));
        let format = options.format.as_deref().unwrap_or("webp");
        Ok(Variant {
            name: "custom".into(),
            fit: Fit::Inside { width, height },
            encoding: Encoding::named(format).ok_or_else(|| ImageError::BadOption {
                option: "format",
                value: format.chars().take(20).collect(),
                range: "jpeg, png or webp",
            })?,
            quality: in_range.ok_or_else(|| ImageError::BadOption {
                option: "quality",
                value: quality.to_string(),
                range: "from 1 to 100",
            })?,
        })
    }

    /// Its size (width, height) when it is made of a picture of that size.
    pub fn size(&self, source: (u32, u32)) -> (u32, u32) {
        let share = self.share(source);
        let side = |length: f64| (length.round() as u32).max(1);
        match self.fit {
            Fit::Inside { .. } => (side(f64::from(source.0) * share), side(f64::from(source.1) * share)),
            Fit::Cover { width, height } => {
                let shrink = (f64::from(source.0) / f64::from(width)).min(f64::from(source.1) / f64::from(height));
                let shrink = shrink.min(1.0);
                (side(f64::from(width) * shrink), side(f64::from(height) * shrink))
            }
        }
    }

    /// The part of a picture of that size that it shows, if not all.
    pub fn part(&self, source: (u32, u32)) -> Option<Part> {
        let Fit::Cover { width, height } = self.fit else {
            return None;
        };
        let (across, down) = (f64::from(source.0), f64::from(source.1));
        let ratio = f64::from(width) / f64::from(height);
        let (part_across, part_down) = (across.min(down * ratio), down.min(across / ratio));
        Some((
            (across - part_across) / 2.0,
            (down - part_down) / 2.0,
            part_across,
            part_down,
        ))
    }

    /// By how much that picture is scaled for it.
    pub fn share(&self, source: (u32, u32)) -> f64 {
        let across = |width: u32| f64::from(width) / f64::from(source.0);
        let down = |height: u32| f64::from(height) / f64::from(source.1);
        let share = match self.fit {
            Fit::Inside { width, height } => across(width).min(down(height)),
            Fit::Cover { width, height } => across(width).max(down(height)),
        };
        share.min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(source: (u32, u32)) -> Vec<(String, (u32, u32))> {
        let set = Variant::standard(source);
        set.into_iter()
            .map(|variant| (variant.name.clone(), variant.size(source)))
            .collect()
    }

    fn named(pairs: &[(&str, (u32, u32))]) -> Vec<(String, (u32, u32))> {
        pairs.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect()
    }

    #[test]
    fn a_photo_has_all_of_the_set() {
        let expected = [
            ("optimized", (800, 600)),
            ("thumbnail", (150, 150)),
            ("w320", (320, 240)),
            ("w640", (640, 480)),
            ("w768", (768, 576)),
            ("w1024", (1024, 768)),
            ("w1280", (1280, 960)),
        ];
        assert_eq!(sizes((4000, 3000)), named(&expected));
    }

    #[test]
    fn nothing_is_enlarged() {
        let small = [("optimized", (400, 90)), ("thumbnail", (90, 90)), ("w320", (320, 72))];
        assert_eq!(sizes((400, 90)), named(&small));
        assert_eq!(sizes((1, 1)), named(&[("optimized", (1, 1)), ("thumbnail", (1, 1))]));
    }

    #[test]
    fn a_line_keeps_a_pixel() {
        assert_eq!(sizes((20_000, 1))[0], ("optimized".to_owned(), (800, 1)));
        let tall = sizes((640, 40_000));
        assert_eq!(tall.last(), Some(&("w640".to_owned(), (262, 16_383))));
    }

    #[test]
    fn a_thumbnail_is_of_the_middle() {
        let thumbnail = &Variant::standard((400, 300))[1];
        assert_eq!(thumbnail.part((400, 300)), Some((50.0, 0.0, 300.0, 300.0)));
    }

    #[test]
    fn options_out_of_range_are_refused_by_name() {
        let refused = |options: Options| match Variant::custom(&options) {
            Err(ImageError::BadOption { option, .. }) => option,
            other => panic!("{other:?}"),
        };
        let none = Options::default;
        assert_eq!(
            refused(Options {
                width: Some(0),
                ..none()
            }),
            "width"
        );
        assert_eq!(
            refused(Options {
                height: Some(16_384),
                ..none()
            }),
            "height"
        );
        assert_eq!(
            refused(Options {
                quality: Some(0),
                ..none()
            }),
            "quality"
        );
        assert_eq!(
            refused(Options {
                quality: Some(356),
                ..none()
            }),
            "quality"
        );
        assert_eq!(
            refused(Options {
                format: Some("gif".into()),
                ..none()
            }),
            "format"
        );
    }

    #[test]
    fn options_are_met() {
        let options = Options {
            width: Some(100),
            quality: Some(7),
            format: Some("png".into()),
            ..Options::default()
        };
        let variant = Variant::custom(&options).unwrap();
        assert_eq!((variant.encoding, variant.quality), (Encoding::Png, 7));
        assert_eq!(variant.size((400, 200)), (100, 50));
        assert_eq!(variant.size((40, 20)), (40, 20));
    }
}
