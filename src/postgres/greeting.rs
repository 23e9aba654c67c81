//! The first words of PostgreSQL's protocol, by hand. A socket that accepts says little: a server that still
//! recovers accepts too, and only its answer tells whether it is ready and whether our database is there.

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

/// Protocol 3.0.
const PROTOCOL: u32 = 3 << 16;
const STARTING_UP: &str = "57P03";
const NO_SUCH_DATABASE: &str = "3D000";

pub(super) enum Answer {
    Ready(Connection),
    NotYet,
    NoSuchDatabase,
    Refused(String),
}

pub(super) struct Connection(UnixStream);

pub(super) fn greet(socket: &Path, user: &str, database: &str) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut body = PROTOCOL.to_be_bytes().to_vec();
    for word in ["user", user, "database", database] {
        body.extend_from_slice(word.as_bytes());
        body.push(0);
    }
    body.push(0);
    stream.write_all(&length_of(&body))?;
    stream.write_all(&body)?;

    let mut connection = Connection(stream);
    Ok(match connection.until_ready()? {
        None => Answer::Ready(connection),
        Some(fault) if fault.code == STARTING_UP => Answer::NotYet,
        Some(fault) if fault.code == NO_SUCH_DATABASE => Answer::NoSuchDatabase,
        Some(fault) => Answer::Refused(fault.sentence),
    })
}

impl Connection {
    pub fn run(&mut self, sql: &str) -> io::Result<()> {
        let mut body = sql.as_bytes().to_vec();
        body.push(0);
        self.0.write_all(b"Q")?;
        self.0.write_all(&length_of(&body))?;
        self.0.write_all(&body)?;
        // The first thing made after a start may wait for a checkpoint.
        self.0.set_read_timeout(Some(Duration::from_secs(30)))?;
        match self.until_ready()? {
            None => Ok(()),
            Some(fault) => Err(io::Error::other(fault.sentence)),
        }
    }

    /// Reads on to the server's "ready for a query", or to its refusal.
    fn until_ready(&mut self) -> io::Result<Option<Fault>> {
        loop {
            let mut head = [0; 5];
            self.0.read_exact(&mut head)?;
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
            let mut body = vec![0; (length as usize).saturating_sub(4).min(1 << 20)];
            self.0.read_exact(&mut body)?;
            match head[0] {
                b'Z' => return Ok(None),
                b'E' => return Ok(Some(Fault::read(&body))),
                b'R' if body != [0; 4] => {
                    let sentence = "it asks for a password".to_owned();
                    return Ok(Some(Fault {
                        code: String::new(),
                        sentence,
                    }));
                }
                _ => {}
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let _ = self.0.write_all(&[b'X', 0, 0, 0, 4]);
    }
}

struct Fault {
    code: String,
    sentence: String,
}

impl Fault {
    /// Fields end with a zero byte and begin with the letter of what they are.
    fn read(body: &[u8]) -> Self {
        let field = |letter: u8| {
            let found = body
                .split(|byte| *byte == 0)
                .find(|field| field.first() == Some(&letter));
            String::from_utf8_lossy(found.map_or(&[], |field| &field[1..])).into_owned()
        };
        Self {
            code: field(b'C'),
            sentence: field(b'M'),
        }
    }
}

fn length_of(body: &[u8]) -> [u8; 4] {
    u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_by_its_letters() {
        let fault = Fault::read(b"SFATAL\0C57P03\0Mthe database system is starting up\0\0");
        assert_eq!(fault.code, STARTING_UP);
        assert_eq!(fault.sentence, "the database system is starting up");
    }
}
