//! One keep-alive connection: writes a request, reads its answer to the end. Only as much of HTTP/1.1 as servers send here.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that stays open.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What matters of an answer.
pub struct Reply {
    /// Its status is 200 and it begins as data does.
    pub is_data: bool,
    /// The bytes of its body.
    pub length: usize,
    /// The server says that it kept the whole of it.
    pub is_hit: bool,
}

const DATA: &[u8] = b"{\"data\":{";

impl Connection {
    /// A new one.
    pub async fn open(address: &str) -> Connection {
        let stream = TcpStream::connect(address)
            .await
            .unwrap_or_else(|error| panic!("{address}: {error}"));
        stream.set_nodelay(true).expect("a socket takes the option");
        Connection {
            stream,
            buffer: Vec::with_capacity(256 << 10),
        }
    }

    /// Sends these bytes and reads what comes back.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Reply> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.more().await?;
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
        };
        let header = Header::read(&self.buffer[..head]);
        let (begin, length) = match header.length {
            Some(length) => {
                while self.buffer.len() < head + length {
                    self.more().await?;
                }
                (head, length)
            }
            None => self.chunks(head).await?,
        };
        let is_data = header.is_ok && self.buffer[begin..].starts_with(DATA);
        if !is_data {
            eprintln!("load: no data but {}", String::from_utf8_lossy(&self.buffer));
        }
        Ok(Reply {
            is_data,
            length,
            is_hit: header.is_hit,
        })
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(Error::new(ErrorKind::UnexpectedEof, "the server closed the connection"));
        }
        Ok(())
    }

    /// Where the data of the first chunk begins, and how many bytes all have.
    async fn chunks(&mut self, head: usize) -> Result<(usize, usize)> {
        let (mut at, mut first, mut total) = (head, None, 0);
        loop {
            let end = loop {
                match find(&self.buffer[at..], b"\r\n") {
                    Some(end) => break at + end,
                    None => self.more().await?,
                }
            };
            let digits = std::str::from_utf8(&self.buffer[at..end]).unwrap_or_default();
            let size = usize::from_str_radix(digits, 16).map_err(|_| Error::other("a chunk has no size"))?;
            while self.buffer.len() < end + 2 + size + 2 {
                self.more().await?;
            }
            first.get_or_insert(end + 2);
            (at, total) = (end + 2 + size + 2, total + size);
            if size == 0 {
                return Ok((first.unwrap_or(at), total));
            }
        }
    }
}

/// What matters of a head.
struct Header {
    is_ok: bool,
    length: Option<usize>,
    is_hit: bool,
}

impl Header {
    fn read(head: &[u8]) -> Header {
        let mut header = Header {
            is_ok: head.starts_with(b"HTTP/1.1 200 "),
            length: None,
            is_hit: false,
        };
        for line in head.split(|byte| *byte == b'\n') {
            if let Some(value) = value(line, b"content-length:") {
                header.length = value.parse().ok();
            } else if let Some(value) = value(line, b"x-cache:") {
                header.is_hit = value == "HIT";
            }
        }
        header
    }
}

fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let (found, value) = line.split_at_checked(name.len())?;
    let value = found
        .eq_ignore_ascii_case(name)
        .then(|| std::str::from_utf8(value).ok());
    value.flatten().map(str::trim)
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
