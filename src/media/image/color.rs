//! Into sRGB, from whatever profile a picture carries; CMYK and grey into RGB. A profile that can't be used counts as none.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use super::{Pixels, Raster};

/// Larger profiles than any that is in use are not looked at.
const MAX_PROFILE: usize = 4 << 20;
/// Pixels that are converted at a time.
const STRIP: usize = 4096;

/// RGB or RGBA of this profile into sRGB, in place.
pub fn to_srgb(raster: &mut Raster, profile: Option<&[u8]>) {
    let Some(profile) = profile.and_then(parse) else { return };
    match profile.color_space {
        DataColorSpace::Rgb if !is_srgb(&profile) => {
            let layout = match raster.pixels() {
                Pixels::Rgb => Layout::Rgb,
                Pixels::Rgba => Layout::Rgba,
            };
            if let Some(transform) = transform(&profile, layout, layout) {
                convert_in_place(raster, &transform);
            }
        }
        DataColorSpace::Gray => {
            if let Some(transform) = transform(&profile, Layout::Gray, Layout::Rgb) {
                convert_grey(raster, &transform);
            }
        }
        _ => {}
    }
}

/// CMYK, as amounts of ink, into sRGB.
pub fn from_cmyk(width: u32, height: u32, cmyk: &[u8], profile: Option<&[u8]>) -> Raster {
    let profile = profile
        .and_then(parse)
        .filter(|profile| profile.color_space == DataColorSpace::Cmyk);
    let transform = profile.and_then(|profile| transform(&profile, Layout::Rgba, Layout::Rgb));
    let mut rgb = vec![0; cmyk.len() / 4 * 3];
    let strips = cmyk.chunks(4 * STRIP).zip(rgb.chunks_mut(3 * STRIP));
    for (cmyk, rgb) in strips {
        let converted = transform
            .as_ref()
            .is_some_and(|transform| transform.transform(cmyk, rgb).is_ok());
        if !converted {
            ink_to_light(cmyk, rgb);
        }
    }
    Raster::new(width, height, Pixels::Rgb, rgb)
}

/// Each byte three times.
pub fn from_grey(width: u32, height: u32, grey: &[u8]) -> Raster {
    let rgb = grey.iter().flat_map(|value| [*value; 3]).collect();
    Raster::new(width, height, Pixels::Rgb, rgb)
}

fn parse(profile: &[u8]) -> Option<ColorProfile> {
    let usable = profile.len() <= MAX_PROFILE;
    usable.then(|| ColorProfile::new_from_slice(profile).ok()).flatten()
}

/// Whether nothing is to be done: most pictures carry the profile that they would be converted to.
fn is_srgb(profile: &ColorProfile) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < 0.001;
    let (own, srgb) = (profile.colorant_matrix(), ColorProfile::new_srgb().colorant_matrix());
    let same_colours = own
        .v
        .iter()
        .flatten()
        .zip(srgb.v.iter().flatten())
        .all(|(a, b)| near(*a, *b));
    let named = format!("{:?}", profile.description).contains("sRGB");
    same_colours && named
}

fn transform(profile: &ColorProfile, from: Layout, to: Layout) -> Option<Arc<Transform8BitExecutor>> {
    let srgb = ColorProfile::new_srgb();
    profile
        .create_transform_8bit(from, &srgb, to, TransformOptions::default())
        .ok()
}

fn convert_in_place(raster: &mut Raster, transform: &Arc<Transform8BitExecutor>) {
    let strip = STRIP * raster.pixels().bytes();
    let mut before = Vec::with_capacity(strip);
    for strip in raster.data_mut().chunks_mut(strip) {
        before.clear();
        before.extend_from_slice(strip);
        if transform.transform(&before, strip).is_err() {
            strip.copy_from_slice(&before);
        }
    }
}

/// Pixels whose three colours are the same, by a profile for grey.
fn convert_grey(raster: &mut Raster, transform: &Arc<Transform8BitExecutor>) {
    let greys: Vec<u8> = (0..=255).collect();
    let mut light = [0; 3 * 256];
    if transform.transform(&greys, &mut light).is_err() {
        return;
    }
    let size = raster.pixels().bytes();
    let is_grey = |pixel: &[u8]| pixel[0] == pixel[1] && pixel[1] == pixel[2];
    if !raster.data().chunks_exact(size).all(is_grey) {
        return;
    }
    for pixel in raster.data_mut().chunks_exact_mut(size) {
        let at = 3 * usize::from(pixel[0]);
        pixel[..3].copy_from_slice(&light[at..at + 3]);
    }
}

/// Without a profile: each ink takes its light away, black all of it.
fn ink_to_light(cmyk: &[u8], rgb: &mut [u8]) {
    let left = |ink: u8, black: u8| {
        let light = u32::from(255 - ink) * u32::from(255 - black);
        ((light + 127) / 255) as u8
    };
    for (ink, light) in cmyk.chunks_exact(4).zip(rgb.chunks_exact_mut(3)) {
        (0..3).for_each(|channel| light[channel] = left(ink[channel], ink[3]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_takes_light_away() {
        let inks = [
            [0, 0, 0, 0],
            [255, 0, 0, 0],
            [0, 0, 0, 255],
            [0, 255, 255, 0],
            [0, 0, 0, 128],
        ]
        .concat();
        let raster = from_cmyk(5, 1, &inks, None);
        let light = [[255, 255, 255], [0, 255, 255], [0, 0, 0], [255, 0, 0], [127, 127, 127]].concat();
        assert_eq!(raster.data(), light);
    }

    #[test]
    fn a_wide_gamut_becomes_srgb() {
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        let mut raster = Raster::new(1, 1, Pixels::Rgb, vec![200, 50, 50]);
        to_srgb(&mut raster, Some(&profile));
        let [red, green, _] = raster.data() else { panic!() };
        assert!(*red > 205 && *green < 45, "{:?}", raster.data());
    }

    #[test]
    fn srgb_and_nonsense_change_nothing() {
        let srgb = ColorProfile::new_srgb().encode().unwrap();
        for profile in [&srgb[..], b"nonsense", &[0; 200]] {
            let mut raster = Raster::new(1, 1, Pixels::Rgba, vec![200, 50, 50, 7]);
            to_srgb(&mut raster, Some(profile));
            assert_eq!(raster.data(), [200, 50, 50, 7]);
        }
    }
}
