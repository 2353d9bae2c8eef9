//! From an uploaded picture to all that is made of it: admitted by the memory that it will take, decoded once, resized and encoded on
//! the pool. However many come at once, memory and processors stay bounded; those that wait hold no more than a file's handle.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::future::try_join_all;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::image::{self, Format, Header, ImageError, ImageLimits, Raster};
use super::pool::{Panicked, Pool};
use super::variant::Variant;

/// How much may happen at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipelineOptions {
    /// What one picture may ask.
    pub limits: ImageLimits,
    /// Bytes of memory that all pictures together take.
    pub memory: u64,
    /// Threads.
    pub threads: usize,
    /// Most pictures that wait.
    pub waiting: usize,
}

/// Where an uploaded picture is.
#[derive(Clone, Debug)]
pub enum Source {
    /// In memory.
    Bytes(Bytes),
    /// In a file, which isn't read before there is room for it.
    File(PathBuf),
}

/// What is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The standard set, and the placeholder.
    Standard,
    /// This one.
    One(Variant),
}

/// What was made of a picture.
#[derive(Clone, Debug)]
pub struct Processed {
    /// What the upload was.
    pub format: Format,
    /// Pixels across of the upload, upright.
    pub width: u32,
    /// Pixels down of the upload, upright.
    pub height: u32,
    /// ThumbHash, in base64; with the standard set.
    pub placeholder: Option<String>,
    /// In the order of the variants.
    pub outputs: Vec<Output>,
}

/// One picture that was made.
#[derive(Clone, Debug)]
pub struct Output {
    /// Which.
    pub variant: Variant,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The file.
    pub bytes: Bytes,
}

/// A cheap handle; clones share everything.
#[derive(Clone)]
pub struct Pipeline {
    options: PipelineOptions,
    pool: Pool,
    /// A permit a megabyte.
    room: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

/// How much larger than the largest output the picture has to be decoded. What decoders leave out on the way shows where less is left for
/// the filter to do: with 1.1 the largest output was less like its original.
const HEADROOM: f64 = 1.3;
/// A variant is made of a resized picture that is at least so many times as large, which costs less and looks no worse; of the decoded
/// one otherwise.
const CASCADE: f64 = 1.5;

impl Pipeline {
    /// With these bounds. Its threads are started when there is something to do.
    pub fn new(options: PipelineOptions) -> Pipeline {
        let megabytes = (options.memory.max(options.limits.memory) >> 20) + 1;
        Pipeline {
            options,
            pool: Pool::new(options.threads),
            room: Arc::new(Semaphore::new(
                usize::try_from(megabytes).unwrap_or(Semaphore::MAX_PERMITS),
            )),
            waiting: Arc::default(),
        }
    }

    /// Makes what is ordered. What is wrong with the picture is said before it waits for room, if its header tells.
    pub async fn process(&self, source: Source, order: Order) -> Result<Processed, ImageError> {
        let limits = self.options.limits;
        let (source, header) = self.look(source).await?;
        let upright = header.upright();
        let variants = match order {
            Order::Standard => Variant::standard(upright),
            Order::One(variant) => vec![variant],
        };
        let enough = enough(&variants, upright);
        header.check_memory(header.shrink(enough), &limits)?;
        let room = self.admit(&source, &header, enough).await?;
        let decode = move || -> Result<Decoded, ImageError> {
            let raster = image::decode(&source.read()?, &limits, enough)?;
            Ok(Decoded { raster, _room: room })
        };
        let decoded = Arc::new(self.pool.run(decode).await.map_err(failed)??);
        let (outputs, placeholder) = self.make(decoded, variants, upright).await?;
        Ok(Processed {
            format: header.format,
            width: upright.0,
            height: upright.1,
            placeholder,
            outputs,
        })
    }

    /// Reads the header. A file is read on a thread that may wait for the disk.
    async fn look(&self, source: Source) -> Result<(Source, Header), ImageError> {
        let limits = self.options.limits;
        let look = move || {
            let header = match &source {
                Source::Bytes(bytes) => Header::read(&mut Cursor::new(bytes), &limits),
                Source::File(path) => {
                    let file = File::open(path).map_err(unreadable)?;
                    Header::read(&mut BufReader::new(file), &limits)
                }
            }?;
            Ok((source, header))
        };
        tokio::task::spawn_blocking(look).await.map_err(unreadable)?
    }

    /// Waits until there is memory for it.
    async fn admit(&self, source: &Source, header: &Header, enough: f64) -> Result<OwnedSemaphorePermit, ImageError> {
        let _place = Place::take(&self.waiting, self.options.waiting)?;
        let bytes = header.memory(header.shrink(enough)) + source.bytes()?;
        let all = (self.options.memory.max(self.options.limits.memory) >> 20) + 1;
        let megabytes = u32::try_from(((bytes >> 20) + 1).min(all)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(megabytes).await;
        room.map_err(unreadable)
    }

    /// Resizes and encodes, the longest work first. The largest variant hands its picture on before it is encoded, for much smaller
    /// ones are made of it; the others don't wait for that.
    async fn make(
        &self,
        decoded: Arc<Decoded>,
        variants: Vec<Variant>,
        upright: (u32, u32),
    ) -> Result<(Vec<Output>, Option<String>), ImageError> {
        let wants_placeholder = variants.len() > 1;
        let largest = largest(&variants, upright);
        let waits = |index: &usize| {
            let of = largest
                .filter(|largest| largest != index)
                .map(|largest| &variants[largest]);
            of.is_some_and(|of| suits(&variants[*index], of.size(upright), upright))
        };
        let (later, at_once): (Vec<usize>, Vec<usize>) = by_work(&variants, upright).into_iter().partition(waits);
        let (hand_on, base) = oneshot::channel();
        let mut hand_on = Some(hand_on);
        let mut running = Vec::new();
        let mut begin = |index: usize, base: Option<Arc<Raster>>, hand_on: Option<HandOn>| {
            let (variant, decoded) = (variants[index].clone(), Arc::clone(&decoded));
            let make = move || output(variant, &decoded, base.as_deref(), upright, hand_on);
            let output = self.pool.go_on(make);
            running.push(async move { Ok::<_, ImageError>((index, output.await.map_err(failed)??)) });
        };
        for index in at_once {
            let is_largest = largest == Some(index);
            begin(index, None, hand_on.take_if(|_| is_largest));
        }
        // Where nobody hands anything on, all is made of the decoded picture.
        drop(hand_on);
        let base = base.await.ok();
        for index in later {
            begin(index, base.clone(), None);
        }
        let placeholder = wants_placeholder.then(|| {
            self.pool
                .go_on(move || image::placeholder(base.as_deref().unwrap_or(&decoded.raster)))
        });
        let mut outputs = try_join_all(running).await?;
        outputs.sort_by_key(|(index, _)| *index);
        let placeholder = match placeholder {
            Some(placeholder) => Some(placeholder.await.map_err(failed)??),
            None => None,
        };
        Ok((outputs.into_iter().map(|(_, output)| output).collect(), placeholder))
    }
}

/// Takes a picture from which others are made.
type HandOn = oneshot::Sender<Arc<Raster>>;

/// A decoded picture with the room that it was given. Whoever works on it holds both, also when nobody waits for the result any more.
struct Decoded {
    raster: Raster,
    _room: OwnedSemaphorePermit,
}

impl Source {
    fn bytes(&self) -> Result<u64, ImageError> {
        match self {
            Source::Bytes(bytes) => Ok(bytes.len() as u64),
            Source::File(path) => Ok(path.metadata().map_err(unreadable)?.len()),
        }
    }

    fn read(self) -> Result<Bytes, ImageError> {
        match self {
            Source::Bytes(bytes) => Ok(bytes),
            Source::File(path) => {
                let mut file = File::open(path).map_err(unreadable)?;
                let mut bytes = Vec::new();
                file.rewind().map_err(unreadable)?;
                file.read_to_end(&mut bytes).map_err(unreadable)?;
                Ok(bytes.into())
            }
        }
    }
}

/// A place among those that wait.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, most: usize) -> Result<Place, ImageError> {
        let place = Place(Arc::clone(waiting));
        let waiting = waiting.fetch_add(1, Ordering::Relaxed);
        if waiting < most {
            Ok(place)
        } else {
            Err(ImageError::Busy { waiting })
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The share of its size to which a picture has to be decoded for these variants.
fn enough(variants: &[Variant], upright: (u32, u32)) -> f64 {
    let largest = variants
        .iter()
        .map(|variant| variant.share(upright))
        .fold(0.0, f64::max);
    (largest * HEADROOM).min(1.0)
}

/// The largest of several variants that shows all of the picture.
fn largest(variants: &[Variant], upright: (u32, u32)) -> Option<usize> {
    let whole = |index: &usize| variants[*index].part(upright).is_none();
    let width = |index: &usize| variants[*index].size(upright).0;
    let several = (variants.len() > 1).then_some(0..variants.len());
    several?.filter(whole).max_by_key(width)
}

/// The variants by how long they take, the longest first.
fn by_work(variants: &[Variant], upright: (u32, u32)) -> Vec<usize> {
    let mut order: Vec<usize> = (0..variants.len()).collect();
    order.sort_by_key(|index| {
        let (width, height) = variants[*index].size(upright);
        std::cmp::Reverse(u64::from(width) * u64::from(height))
    });
    order
}

/// Whether a variant is made of a picture of this size, and not of the decoded one: so much larger that nothing is lost, or the same.
fn suits(variant: &Variant, size: (u32, u32), upright: (u32, u32)) -> bool {
    let (width, height) = variant.size(upright);
    let (across, down) = variant
        .part(size)
        .map_or((f64::from(size.0), f64::from(size.1)), |part| (part.2, part.3));
    let same = variant.part(upright).is_none() && size == (width, height);
    same || (across >= CASCADE * f64::from(width) && down >= CASCADE * f64::from(height))
}

/// Makes one variant, of the base where there is one.
fn output(
    variant: Variant,
    decoded: &Decoded,
    base: Option<&Raster>,
    upright: (u32, u32),
    hand_on: Option<HandOn>,
) -> Result<Output, ImageError> {
    let (width, height) = variant.size(upright);
    let source = base.unwrap_or(&decoded.raster);
    let part = variant.part((source.width(), source.height()));
    let resized = Arc::new(image::resize(source, part, width, height)?);
    if let Some(hand_on) = hand_on {
        // Nobody waits for it if the picture isn't wanted any more.
        let _ = hand_on.send(Arc::clone(&resized));
    }
    let bytes = image::encode(&resized, variant.encoding, variant.quality)?;
    Ok(Output {
        variant,
        width,
        height,
        bytes: bytes.into(),
    })
}

fn failed(_: Panicked) -> ImageError {
    ImageError::Failed {
        reason: "its processing broke off".into(),
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
fn unreadable(error: impl ToString) -> ImageError {
    ImageError::Failed {
        reason: error.to_string(),
    }
}
