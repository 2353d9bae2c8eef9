//! Rows come in, averages of squares go out: a large picture is made smaller while it is decoded, and never stands in memory whole.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::{Pixels, Raster};

/// Averages squares of `factor` pixels a side, weighted by alpha where there is one.
pub struct Shrinker {
    width: u32,
    height: u32,
    factor: u32,
    pixels: Pixels,
    /// The rows of which the next row is made.
    strip: Vec<u8>,
    rows: u32,
    resizer: Resizer,
    line: Image<'static>,
    data: Vec<u8>,
}

impl Shrinker {
    /// For a picture of this size.
    pub fn new(width: u32, height: u32, pixels: Pixels, factor: u32) -> Shrinker {
        let (across, down) = (width.div_ceil(factor), height.div_ceil(factor));
        Shrinker {
            width,
            height,
            factor,
            pixels,
            strip: Vec::new(),
            rows: 0,
            resizer: Resizer::new(),
            line: Image::new(across, 1, kind(pixels)),
            data: Vec::with_capacity(across as usize * down as usize * pixels.bytes()),
        }
    }

    /// Takes the next row.
    pub fn push(&mut self, row: &[u8]) {
        if self.factor == 1 {
            self.data.extend_from_slice(row);
            return;
        }
        self.strip.extend_from_slice(row);
        self.rows += 1;
        if self.rows == self.factor {
            self.flush();
        }
    }

    /// The picture, once all rows came.
    pub fn finish(mut self) -> Raster {
        if self.rows > 0 {
            self.flush();
        }
        let (width, height) = (self.width.div_ceil(self.factor), self.height.div_ceil(self.factor));
        Raster::new(width, height, self.pixels, self.data)
    }

    /// Makes a row of the strip. The last one may be made of fewer rows.
    fn flush(&mut self) {
        let strip = ImageRef::new(self.width, self.rows, &self.strip, kind(self.pixels));
        let strip = strip.expect("the strip has whole rows");
        let average = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
        let made = self.resizer.resize(&strip, &mut self.line, &average);
        made.expect("both are of one kind of pixels");
        self.data.extend_from_slice(self.line.buffer());
        self.strip.clear();
        self.rows = 0;
    }
}

/// How the resizer calls these pixels.
pub fn kind(pixels: Pixels) -> PixelType {
    match pixels {
        Pixels::Rgb => PixelType::U8x3,
        Pixels::Rgba => PixelType::U8x4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_averaged_also_at_the_lower_edge() {
        let mut shrinker = Shrinker::new(4, 3, Pixels::Rgb, 2);
        for row in [[0, 10, 50, 50], [20, 30, 70, 70], [90, 110, 200, 202]] {
            let row: Vec<u8> = row.iter().flat_map(|value| [*value; 3]).collect();
            shrinker.push(&row);
        }
        let raster = shrinker.finish();
        assert_eq!((raster.width(), raster.height()), (2, 2));
        let greys: Vec<u8> = raster.data().chunks_exact(3).map(|pixel| pixel[0]).collect();
        assert_eq!(greys, [15, 60, 100, 201]);
    }

    #[test]
    fn what_is_transparent_gives_no_colour() {
        let mut shrinker = Shrinker::new(2, 1, Pixels::Rgba, 2);
        shrinker.push(&[200, 100, 50, 255, 0, 0, 0, 0]);
        let raster = shrinker.finish();
        let near = |value: u8, expected: u8| value.abs_diff(expected) <= 2;
        let [red, green, blue, alpha] = raster.data() else {
            panic!()
        };
        assert!(near(*red, 200) && near(*green, 100) && near(*blue, 50) && near(*alpha, 128));
    }
}
