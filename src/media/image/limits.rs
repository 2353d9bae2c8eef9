//! How much a picture may ask of the server.

/// How much a picture may ask of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageLimits {
    /// Most bytes of a file.
    pub bytes: u64,
    /// Most pixels, width times height.
    pub pixels: u64,
    /// Most bytes of memory that one picture takes while it is processed.
    pub memory: u64,
}

impl Default for ImageLimits {
    fn default() -> ImageLimits {
        ImageLimits {
            bytes: 25 << 20,
            pixels: 40_000_000,
            memory: 256 << 20,
        }
    }
}
