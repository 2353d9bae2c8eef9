//! Rows come in, averages of squares go out: a large picture is made smaller while it is decoded, and never stands in memory whole.

use super::{Pixels, Raster};

/// Averages squares of `factor` pixels a side.
pub struct Shrinker {
    width: usize,
    height: usize,
    factor: usize,
    pixels: Pixels,
    /// Sums of the square's samples so far, colours weighted by alpha, and how many rows they are of.
    sums: Vec<u64>,
    rows: usize,
    data: Vec<u8>,
}

impl Shrinker {
    /// For a picture of this size.
    pub fn new(width: u32, height: u32, pixels: Pixels, factor: u32) -> Shrinker {
        let (width, height, factor) = (width as usize, height as usize, factor as usize);
        let across = width.div_ceil(factor) * pixels.bytes();
        Shrinker {
            width,
            height,
            factor,
            pixels,
            sums: if factor == 1 { Vec::new() } else { vec![0; across] },
            rows: 0,
            data: Vec::with_capacity(across * height.div_ceil(factor)),
        }
    }

    /// Takes the next row.
    pub fn push(&mut self, row: &[u8]) {
        if self.factor == 1 {
            self.data.extend_from_slice(row);
            return;
        }
        match self.pixels {
            Pixels::Rgb => self.add_opaque(row),
            Pixels::Rgba => self.add_weighted(row),
        }
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
        let side = |length: usize| u32::try_from(length.div_ceil(self.factor)).expect("it came from 32 bits");
        Raster::new(side(self.width), side(self.height), self.pixels, self.data)
    }

    fn add_opaque(&mut self, row: &[u8]) {
        for (square, sums) in row.chunks(3 * self.factor).zip(self.sums.chunks_exact_mut(3)) {
            for pixel in square.chunks_exact(3) {
                sums.iter_mut()
                    .zip(pixel)
                    .for_each(|(sum, value)| *sum += u64::from(*value));
            }
        }
    }

    fn add_weighted(&mut self, row: &[u8]) {
        for (square, sums) in row.chunks(4 * self.factor).zip(self.sums.chunks_exact_mut(4)) {
            for pixel in square.chunks_exact(4) {
                let alpha = u64::from(pixel[3]);
                (0..3).for_each(|channel| sums[channel] += u64::from(pixel[channel]) * alpha);
                sums[3] += alpha;
            }
        }
    }

    /// Writes the averages out. The last squares of a row, and those of the last row, may be smaller.
    fn flush(&mut self) {
        let size = self.pixels.bytes();
        for (index, sums) in self.sums.chunks_exact_mut(size).enumerate() {
            let across = self.factor.min(self.width - index * self.factor);
            let count = (across * self.rows) as u64;
            let weight = if self.pixels == Pixels::Rgba { sums[3] } else { count };
            let average = |sum: u64, count: u64| (sum + count / 2).checked_div(count).unwrap_or(0) as u8;
            self.data.extend(sums[..3].iter().map(|sum| average(*sum, weight)));
            if self.pixels == Pixels::Rgba {
                self.data.push(average(sums[3], count));
            }
            sums.fill(0);
        }
        self.rows = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_averaged_also_at_the_edges() {
        let mut shrinker = Shrinker::new(3, 3, Pixels::Rgb, 2);
        for row in [[0, 10, 50], [20, 30, 70], [90, 110, 200]] {
            let row: Vec<u8> = row.iter().flat_map(|value| [*value; 3]).collect();
            shrinker.push(&row);
        }
        let raster = shrinker.finish();
        assert_eq!((raster.width(), raster.height()), (2, 2));
        let greys: Vec<u8> = raster.data().chunks_exact(3).map(|pixel| pixel[0]).collect();
        assert_eq!(greys, [15, 60, 100, 200]);
    }

    #[test]
    fn what_is_transparent_gives_no_colour() {
        let mut shrinker = Shrinker::new(2, 1, Pixels::Rgba, 2);
        shrinker.push(&[200, 100, 50, 255, 0, 0, 0, 0]);
        assert_eq!(shrinker.finish().data(), [200, 100, 50, 128]);
    }
}
