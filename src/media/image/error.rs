//! Why a picture was refused: what is wrong with it, the limit that it passes, and what the person can do.

use super::Format;

/// Why a picture was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Its content is something else, whatever its name says.
    #[error("the content is {found}, not a JPEG, PNG, WebP or GIF picture; save it as one of these and upload that")]
    NotAPicture {
        /// What it seems to be.
        found: &'static str,
    },
    /// The file is too large.
    #[error("the picture has {bytes} bytes and {limit} are taken; save it smaller or with a lower quality")]
    TooManyBytes {
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        limit: u64,
    },
    /// Decoded it would be too large.
    #[error("the picture is {width} x {height} pixels and {limit} are taken; scale it down and upload that")]
    TooManyPixels {
        /// Across.
        width: u32,
        /// Down.
        height: u32,
        /// Most pixels, width times height.
        limit: u64,
    },
    /// Decoding it would take too much memory or time for what it shows.
    #[error(
        "the {format} picture {why}, more than is taken; save it as a baseline JPEG, or scaled down, and upload that"
    )]
    TooMuchWork {
        /// What it is.
        format: Format,
        /// What is too much.
        why: String,
    },
    /// The file ends too early.
    #[error("the {format} picture ends before it is complete; upload it again")]
    Truncated {
        /// What it is.
        format: Format,
    },
    /// The file breaks the rules of its format.
    #[error("the {format} picture is damaged ({reason}); open it in another program, save it anew and upload that")]
    Damaged {
        /// What it is.
        format: Format,
        /// What is wrong in it.
        reason: String,
    },
    /// The file uses what is not read here.
    #[error(
        "the {format} picture uses {feature}, which is not read; save it as a baseline JPEG or a PNG and upload that"
    )]
    Unsupported {
        /// What it is.
        format: Format,
        /// What it uses.
        feature: String,
    },
    /// An option is out of its range.
    #[error("{option} is {value} and can be {range}")]
    BadOption {
        /// Which.
        option: &'static str,
        /// What it is.
        value: String,
        /// What it can be.
        range: &'static str,
    },
    /// More pictures wait than are taken.
    #[error("{waiting} pictures wait already; try again in a moment")]
    Busy {
        /// How many wait.
        waiting: usize,
    },
    /// The server failed, not the picture.
    #[error("the picture could not be processed: {reason}")]
    Failed {
        /// What failed.
        reason: String,
    },
}

impl ImageError {
    /// Whether the same picture may be taken later.
    pub fn is_passing(&self) -> bool {
        matches!(self, ImageError::Busy { .. } | ImageError::Failed { .. })
    }

    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            ImageError::NotAPicture { .. } => "NOT_A_PICTURE",
            ImageError::TooManyBytes { .. } => "TOO_MANY_BYTES",
            ImageError::TooManyPixels { .. } => "TOO_MANY_PIXELS",
            ImageError::TooMuchWork { .. } => "TOO_MUCH_WORK",
            ImageError::Truncated { .. } => "TRUNCATED",
            ImageError::Damaged { .. } => "DAMAGED",
            ImageError::Unsupported { .. } => "UNSUPPORTED",
            ImageError::BadOption { .. } => "BAD_OPTION",
            ImageError::Busy { .. } => "BUSY",
            ImageError::Failed { .. } => "FAILED",
        }
    }

    #[allow(clippy::needless_pass_by_value, reason = "texts of all kinds are given")]
    pub(super) fn damaged(format: Format, reason: impl ToString) -> ImageError {
        ImageError::Damaged {
            format,
            reason: reason.to_string(),
        }
    }

    #[allow(clippy::needless_pass_by_value, reason = "texts of all kinds are given")]
    pub(super) fn unsupported(format: Format, feature: impl ToString) -> ImageError {
        ImageError::Unsupported {
            format,
            feature: feature.to_string(),
        }
    }

    /// What a failed read of the file means: its end came too early, or it can't be read at all.
    pub(super) fn read(format: Format, error: &std::io::Error) -> ImageError {
        if error.kind() == std::io::ErrorKind::UnexpectedEof {
            ImageError::Truncated { format }
        } else {
            ImageError::Failed {
                reason: error.to_string(),
            }
        }
    }
}
