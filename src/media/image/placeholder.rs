//! What to show until a picture is there: some twenty bytes that a program paints a blurred picture from (ThumbHash).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{ImageError, Pixels, Raster, resize};

/// The hash is taken of no more than this a side.
const SIDE: u32 = 100;

/// The hash, in base64.
pub fn placeholder(raster: &Raster) -> Result<String, ImageError> {
    let longest = raster.width().max(raster.height());
    let side = |length: u32| {
        if longest <= SIDE {
            return length;
        }
        let scaled = u64::from(length) * u64::from(SIDE) / u64::from(longest);
        u32::try_from(scaled).expect("it is smaller").max(1)
    };
    let small = resize(raster, None, side(raster.width()), side(raster.height()))?;
    let rgba: Vec<u8> = match small.pixels() {
        Pixels::Rgba => small.data().to_vec(),
        Pixels::Rgb => small
            .data()
            .chunks_exact(3)
            .flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255])
            .collect(),
    };
    let hash = thumbhash::rgba_to_thumb_hash(small.width() as usize, small.height() as usize, &rgba);
    Ok(STANDARD.encode(hash))
}
