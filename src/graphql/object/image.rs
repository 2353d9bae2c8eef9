//! Pictures as clients see them: what was made of an uploaded one, with the addresses.

use std::task::{Poll, ready};

use async_graphql::Enum;

use crate::execute::{Call, Output, Resolve};
use crate::graphql::cache_control::Inherit;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, arguments, json};
use crate::media::blob::BlobKey;
use crate::model::{Asset, Embedded, EntityRef, Kind, Picture, PictureVariant, Row};

/// A format of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ImageFormat {
    /// All sizes but the thumbnail.
    #[graphql(name = "WEBP")]
    WebP,
    /// The thumbnail.
    Jpeg,
}

arguments! {
    /// Which size.
    pub struct Size {
        /// As wide as the place that it is for, in pixels of the screen; left out: the size for most places.
        width: Option<i32>,
        /// Only in this format, where there is one.
        format: Option<ImageFormat>,
    }
}

impl ImageFormat {
    const fn content_type(self) -> &'static str {
        match self {
            ImageFormat::WebP => "image/webp",
            ImageFormat::Jpeg => "image/jpeg",
        }
    }
}

/// A field that leads to the picture which this slot of its object names.
pub fn field(name: &str, docs: &str, slot: usize) -> FieldDeclaration {
    FieldDeclaration::row(name, Ty::of("Image"), docs, move |row, call| image(row, slot, call))
}

fn image(row: &Row, slot: usize, call: &mut Call<'_>) -> Resolved {
    let Some(id) = row.one(slot) else {
        return Poll::Ready(Ok(Output::Null));
    };
    let asset = ready!(call.see(EntityRef::new(Kind::Asset, id)))?;
    let picture = asset.and_then(|asset| asset.rows(Asset::SLOTS.picture).next());
    Poll::Ready(Ok(Output::row(call.type_of("Image"), picture)))
}

/// Declares them.
pub fn declare(to: &mut Declarations) {
    to.embedded::<Picture>("Image")
        .hint(Inherit::apply())
        .field(FieldDeclaration::slot(
            "variants",
            Ty::of("[ImageVariant!]!"),
            "The sizes that there are.",
            Resolve::Embedded(Picture::SLOTS.variants),
        ))
        .field(FieldDeclaration::row_with(
            "url",
            Ty::leaf::<String>(),
            "The address of the smallest size that is at least so wide, else of the widest.",
            |row, size: &Size, call| {
                let kind = size.format.map(ImageFormat::content_type);
                of(row, call, |picture| picture.nearest(size.width, kind))
            },
        ))
        .field(FieldDeclaration::row(
            "thumbnail",
            Ty::leaf::<String>(),
            "The address of its middle as a square of 150 pixels, or as many as it has.",
            |row, call| of(row, call, Picture::thumbnail),
        ))
        .field(FieldDeclaration::row(
            "srcset",
            Ty::leaf::<String>(),
            "All sizes with their widths, for the attribute `srcset` of `<img>`: browsers choose by what `sizes` says.",
            srcset,
        ));
    to.embedded::<PictureVariant>("ImageVariant")
        .hint(Inherit::apply())
        .field(FieldDeclaration::row(
            "url",
            Ty::leaf::<String>(),
            "Its address.",
            |row, call| {
                let key: Option<String> = row.get(PictureVariant::SLOTS.key);
                let address = address(call, key.as_deref());
                json(call, &address)
            },
        ));
}

/// The address of the size that this chooses.
fn of(row: &Row, call: &mut Call<'_>, choose: impl Fn(&Picture) -> Option<&PictureVariant>) -> Resolved {
    let picture = Picture::from_row(row);
    let key = picture.as_ref().and_then(choose).map(|variant| variant.key.as_str());
    let address = address(call, key);
    json(call, &address)
}

fn srcset(row: &Row, call: &mut Call<'_>) -> Resolved {
    let picture = Picture::from_row(row);
    let sizes = picture.iter().flat_map(Picture::responsive);
    let sizes: Vec<String> = sizes
        .map(|size| format!("{} {}w", address(call, Some(&size.key)), size.width))
        .collect();
    json(call, &sizes.join(", "))
}

/// Where this is fetched from. What is stored is a key; were it none, an address that leads nowhere is the answer.
fn address(call: &Call<'_>, key: Option<&str>) -> String {
    let key = key.and_then(|key| BlobKey::parse(key).ok());
    key.map(|key| call.scope().public_link(&key)).unwrap_or_default()
}
