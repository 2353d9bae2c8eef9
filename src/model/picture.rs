//! What was made of an uploaded picture, and which of it fits a place on a page.

use super::Embedded;
use super::declare::declare;

declare! {
    /// A picture in the sizes that were made of it. Nothing in it changes: another picture has other addresses.
    #[serde(rename_all = "camelCase")]
    pub struct Picture {
        /// Pixels across of what was uploaded, upright.
        width: i32 => scalar,
        /// Pixels down of what was uploaded, upright.
        height: i32 => scalar,
        /// A ThumbHash in base64: some 25 bytes that show what is coming while it comes.
        placeholder: Option<String> => scalar,
        /// The sizes that there are.
        variants: Vec<PictureVariant> => embedded,
    }
}

declare! {
    /// A picture in one size and format.
    #[serde(rename_all = "camelCase")]
    pub struct PictureVariant {
        /// What it is called among its siblings: `optimized`, `thumbnail`, `w320` to `w1280`.
        name: String => scalar,
        /// Pixels across.
        width: i32 => scalar,
        /// Pixels down.
        height: i32 => scalar,
        /// How many bytes it has.
        bytes: i64 => scalar,
        /// Its media type: `image/webp` or `image/jpeg`.
        content_type: String => scalar,
        /// Where it lies.
        key: String => hidden,
    }
}

impl Embedded for Picture {}
impl Embedded for PictureVariant {}

/// What the variant that is cut to a square is called.
const THUMBNAIL: &str = "thumbnail";
/// What the one for most places is called.
const OPTIMIZED: &str = "optimized";

impl Picture {
    /// The one for most places.
    pub fn optimized(&self) -> Option<&PictureVariant> {
        self.named(OPTIMIZED).or(self.variants.first())
    }

    /// The small square one.
    pub fn thumbnail(&self) -> Option<&PictureVariant> {
        self.named(THUMBNAIL).or(self.variants.first())
    }

    /// The smallest that is at least so wide, else the widest; of those of this type, where there are such. The one that is
    /// cut to a square only where nothing else is of the type.
    pub fn nearest(&self, width: Option<i32>, content_type: Option<&str>) -> Option<&PictureVariant> {
        let of_type = |variant: &&PictureVariant| content_type.is_none_or(|wanted| variant.content_type == wanted);
        let whole = self.variants.iter().filter(|variant| variant.name != THUMBNAIL);
        let mut fitting: Vec<&PictureVariant> = whole.filter(of_type).collect();
        if fitting.is_empty() {
            fitting = self.variants.iter().filter(of_type).collect();
        }
        let Some(width) = width else {
            return fitting.first().copied().or(self.optimized());
        };
        fitting.sort_by_key(|variant| variant.width);
        let enough = fitting.iter().find(|variant| variant.width >= width);
        enough.or(fitting.last()).copied().or(self.optimized())
    }

    /// Those that a page may choose from by its width: all of the same part, each width once, the narrowest first.
    pub fn responsive(&self) -> Vec<&PictureVariant> {
        let mut all: Vec<&PictureVariant> = self.variants.iter().filter(|one| one.name != THUMBNAIL).collect();
        all.sort_by_key(|variant| variant.width);
        all.dedup_by_key(|variant| variant.width);
        all
    }

    fn named(&self, name: &str) -> Option<&PictureVariant> {
        self.variants.iter().find(|variant| variant.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(all: &[(&str, i32, &str)]) -> Picture {
        let variants = all.iter().map(|(name, width, format)| PictureVariant {
            name: (*name).into(),
            width: *width,
            height: *width,
            bytes: 1,
            content_type: format!("image/{format}"),
            key: format!("images/{name}"),
        });
        Picture {
            width: 2000,
            height: 1500,
            placeholder: None,
            variants: variants.collect(),
        }
    }

    fn photo() -> Picture {
        picture(&[
            ("optimized", 800, "webp"),
            ("thumbnail", 150, "jpeg"),
            ("w320", 320, "webp"),
            ("w640", 640, "webp"),
            ("w1280", 1280, "webp"),
        ])
    }

    #[test]
    fn the_nearest_is_the_smallest_that_is_wide_enough() {
        let photo = photo();
        let nearest = |width, kind| photo.nearest(width, kind).map(|variant| variant.name.as_str());
        for (width, name) in [
            (1, "w320"),
            (320, "w320"),
            (321, "w640"),
            (700, "optimized"),
            (801, "w1280"),
            (9000, "w1280"),
        ] {
            assert_eq!(nearest(Some(width), None), Some(name), "{width}");
        }
        assert_eq!(nearest(None, None), Some("optimized"));
        assert_eq!(nearest(Some(900), Some("image/jpeg")), Some("thumbnail"));
        assert_eq!(nearest(None, Some("image/jpeg")), Some("thumbnail"));
        assert_eq!(nearest(None, Some("image/png")), Some("optimized"));
    }

    #[test]
    fn a_page_chooses_among_whole_pictures_each_width_once() {
        let widths = |picture: &Picture| picture.responsive().iter().map(|one| one.width).collect::<Vec<_>>();
        assert_eq!(widths(&photo()), [320, 640, 800, 1280]);
        let same = picture(&[
            ("optimized", 320, "webp"),
            ("thumbnail", 150, "jpeg"),
            ("w320", 320, "webp"),
        ]);
        assert_eq!(widths(&same), [320]);
    }

    #[test]
    fn the_smallest_picture_has_all_that_is_asked_of_it() {
        let dot = picture(&[("optimized", 1, "webp"), ("thumbnail", 1, "jpeg")]);
        assert_eq!(dot.thumbnail().map(|variant| variant.width), Some(1));
        assert_eq!(
            dot.nearest(Some(1280), None).map(|variant| variant.name.as_str()),
            Some("optimized")
        );
    }
}
