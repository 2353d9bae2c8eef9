//! Uploaded files as clients see them. A file that is not for everybody has an address that is good for a while.

use crate::execute::{Call, Resolve};
use crate::graphql::cache_control::Kept;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, json};
use crate::media::blob::BlobKey;
use crate::model::{Asset, Kind, Picture, Row};

/// Declares them.
pub fn declare(to: &mut Declarations) {
    to.entity::<Asset>()
        .hint(Kept::apply(Kind::Asset))
        .field(FieldDeclaration::slot(
            "image",
            Ty::of("Image"),
            "The picture that it is, in the sizes that were made of it; null for what hangs on a task.",
            Resolve::Embedded(Asset::SLOTS.picture),
        ))
        .field(FieldDeclaration::row(
            "url",
            Ty::leaf::<Option<String>>(),
            "Where it is fetched from. The address of a file that hangs on a task is good for a while and admits whoever has it;\n\
             ask again for another one.",
            url,
        ));
}

fn url(asset: &Row, call: &mut Call<'_>) -> Resolved {
    let scope = call.scope();
    let file: Option<String> = asset.get(Asset::SLOTS.file).flatten();
    if let Some(key) = file.and_then(|file| BlobKey::parse(&file).ok()) {
        let name: String = asset.get(Asset::SLOTS.name).unwrap_or_default();
        return json(call, &Some(scope.private_link(&key, &name)));
    }
    let picture = asset.get::<Option<Picture>>(Asset::SLOTS.picture).flatten();
    let key = picture.and_then(|picture| BlobKey::parse(&picture.optimized()?.key).ok());
    json(call, &key.map(|key| scope.public_link(&key)))
}
