//! A decoded picture: rows of bytes, RGB or RGBA, in sRGB.

#[cfg(not(feature = "libjpeg-turbo"))]
use super::ImageError;

/// What a pixel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pixels {
    /// Three bytes.
    Rgb,
    /// Four bytes, alpha not multiplied in.
    Rgba,
}

impl Pixels {
    /// Bytes of a pixel.
    pub fn bytes(self) -> usize {
        match self {
            Pixels::Rgb => 3,
            Pixels::Rgba => 4,
        }
    }
}

/// A decoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raster {
    width: u32,
    height: u32,
    pixels: Pixels,
    data: Vec<u8>,
}

impl Raster {
    /// A picture of these rows, one after the other.
    ///
    /// # Panics
    /// If `data` is not `width` times `height` pixels.
    pub fn new(width: u32, height: u32, pixels: Pixels, data: Vec<u8>) -> Raster {
        assert_eq!(
            data.len(),
            width as usize * height as usize * pixels.bytes(),
            "rows are complete"
        );
        Raster {
            width,
            height,
            pixels,
            data,
        }
    }

    /// Pixels across.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels down.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// What a pixel is.
    pub fn pixels(&self) -> Pixels {
        self.pixels
    }

    /// The rows.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The rows, to be changed in place.
    pub(super) fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// The bytes of one pixel.
    pub fn pixel(&self, x: u32, y: u32) -> &[u8] {
        let (size, at) = (self.pixels.bytes(), y as usize * self.width as usize + x as usize);
        &self.data[at * size..(at + 1) * size]
    }

    /// The same without alpha, if all of it is opaque: smaller and faster to work with.
    pub(super) fn without_idle_alpha(self) -> Raster {
        let opaque = self.pixels == Pixels::Rgba && self.data.chunks_exact(4).all(|pixel| pixel[3] == 255);
        if opaque {
            self.mapped(|pixel| [pixel[0], pixel[1], pixel[2]])
        } else {
            self
        }
    }

    /// Laid on white, where anything shines through.
    pub(super) fn on_white(&self) -> std::borrow::Cow<'_, Raster> {
        if self.pixels == Pixels::Rgb {
            return std::borrow::Cow::Borrowed(self);
        }
        let over = |value: u8, alpha: u8| {
            let (value, alpha) = (u32::from(value), u32::from(alpha));
            ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        let flat = |pixel: &[u8]| [0, 1, 2].map(|channel: usize| over(pixel[channel], pixel[3]));
        std::borrow::Cow::Owned(self.clone().mapped(flat))
    }

    /// Another arrangement of the pixels: `from` tells which one of this picture comes to a place.
    pub(super) fn arranged(&self, width: u32, height: u32, from: impl Fn(u32, u32) -> (u32, u32)) -> Raster {
        let mut data = Vec::with_capacity(self.data.len());
        for y in 0..height {
            for x in 0..width {
                let (x, y) = from(x, y);
                data.extend_from_slice(self.pixel(x, y));
            }
        }
        Raster::new(width, height, self.pixels, data)
    }

    /// As JPEG knows sizes, which ends at 65535.
    #[cfg(not(feature = "libjpeg-turbo"))]
    pub(super) fn sides(&self) -> Result<(u16, u16), ImageError> {
        match (self.width.try_into(), self.height.try_into()) {
            (Ok(width), Ok(height)) => Ok((width, height)),
            _ => Err(ImageError::Failed {
                reason: format!("{} x {} is too large for a JPEG", self.width, self.height),
            }),
        }
    }

    /// Each RGBA pixel made RGB.
    fn mapped(self, map: impl Fn(&[u8]) -> [u8; 3]) -> Raster {
        let data = self.data.chunks_exact(4).flat_map(map).collect();
        Raster::new(self.width, self.height, Pixels::Rgb, data)
    }
}
