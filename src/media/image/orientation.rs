//! How a picture is to be turned to be looked at: the EXIF tag 0x0112, and nothing else of EXIF.

use super::Raster;

/// The eight ways in which a camera may have been held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    /// 1: as it is stored.
    #[default]
    Upright,
    /// 2: mirrored left to right.
    Mirrored,
    /// 3: upside down.
    Turned180,
    /// 4: mirrored top to bottom.
    Flipped,
    /// 5: rows are columns.
    Transposed,
    /// 6: to be turned clockwise.
    Turned90,
    /// 7: rows are columns, from the other end.
    Transversed,
    /// 8: to be turned counter-clockwise.
    Turned270,
}

const TAG: u16 = 0x0112;
const MAX_ENTRIES: u16 = 512;

impl Orientation {
    /// The one of this number, 1 to 8.
    pub fn numbered(number: u16) -> Option<Orientation> {
        Some(match number {
            1 => Orientation::Upright,
            2 => Orientation::Mirrored,
            3 => Orientation::Turned180,
            4 => Orientation::Flipped,
            5 => Orientation::Transposed,
            6 => Orientation::Turned90,
            7 => Orientation::Transversed,
            8 => Orientation::Turned270,
            _ => return None,
        })
    }

    /// What EXIF data, which begins with its TIFF header, says in its first directory.
    pub fn of_exif(tiff: &[u8]) -> Option<Orientation> {
        let little = match tiff.get(..4)? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        let u16_at = |at: usize| -> Option<u16> {
            let pair: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
            Some(if little {
                u16::from_le_bytes(pair)
            } else {
                u16::from_be_bytes(pair)
            })
        };
        let offset: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
        let offset = if little {
            u32::from_le_bytes(offset)
        } else {
            u32::from_be_bytes(offset)
        };
        let directory = usize::try_from(offset).ok()?;
        let entries = u16_at(directory)?.min(MAX_ENTRIES);
        let entry = (0..usize::from(entries))
            .map_while(|index| directory.checked_add(2 + 12 * index))
            .find(|at| u16_at(*at) == Some(TAG))?;
        Orientation::numbered(u16_at(entry + 8)?)
    }

    /// A size after turning.
    pub fn turned(self, width: u32, height: u32) -> (u32, u32) {
        if self.is_sideways() {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Turns a picture.
    pub fn apply(self, raster: Raster) -> Raster {
        if self == Orientation::Upright {
            return raster;
        }
        let (width, height) = self.turned(raster.width(), raster.height());
        let (last_column, last_row) = (raster.width() - 1, raster.height() - 1);
        raster.arranged(width, height, |x, y| match self {
            Orientation::Upright => (x, y),
            Orientation::Mirrored => (last_column - x, y),
            Orientation::Turned180 => (last_column - x, last_row - y),
            Orientation::Flipped => (x, last_row - y),
            Orientation::Transposed => (y, x),
            Orientation::Turned90 => (y, last_row - x),
            Orientation::Transversed => (last_column - y, last_row - x),
            Orientation::Turned270 => (last_column - y, x),
        })
    }

    fn is_sideways(self) -> bool {
        matches!(
            self,
            Orientation::Transposed | Orientation::Turned90 | Orientation::Transversed | Orientation::Turned270
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// EXIF data with one entry.
    fn exif(little: bool, tag: u16, value: u16) -> Vec<u8> {
        let two = |number: u16| {
            if little {
                number.to_le_bytes()
            } else {
                number.to_be_bytes()
            }
        };
        let four = |number: u32| {
            if little {
                number.to_le_bytes()
            } else {
                number.to_be_bytes()
            }
        };
        let mut data = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        data.extend(four(8));
        data.extend(two(1));
        data.extend(two(tag));
        data.extend(two(3));
        data.extend(four(1));
        data.extend(two(value));
        data.extend([0; 6]);
        data
    }

    #[test]
    fn exif_tells_the_orientation_in_either_byte_order() {
        for number in 1..=8 {
            for little in [true, false] {
                assert_eq!(
                    Orientation::of_exif(&exif(little, TAG, number)),
                    Orientation::numbered(number)
                );
            }
        }
    }

    #[test]
    fn what_is_not_an_orientation_is_none() {
        for data in [
            &exif(true, TAG, 9)[..],
            &exif(true, 0x0110, 6),
            b"II*\0\xff\xff\xff\xff",
            b"MM",
            b"",
        ] {
            assert_eq!(Orientation::of_exif(data), None);
        }
    }
}
