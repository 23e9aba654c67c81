//! A request that brings files: the body as one part, each file as another. Only as much of it as Discord reads.

use serde::Deserialize;
use serde::Serialize;

/// What came with a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    pub payload: Vec<u8>,
    /// By the number in `files[n]`.
    pub files: Vec<Sent>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub n: u64,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A file as a message has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    pub id: String,
    pub filename: String,
    pub description: Option<String>,
    pub size: usize,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

/// The boundary that a content type names.
pub fn boundary(kind: &str) -> Option<&str> {
    let rest = kind.strip_prefix("multipart/form-data")?;
    let named = rest
        .split(';')
        .find_map(|part| part.trim().strip_prefix("boundary="))?;
    let plain = named.trim_matches('"');
    (!plain.is_empty() && plain.len() <= 70).then_some(plain)
}

/// None when it does not hold together.
pub fn read(boundary: &str, body: &[u8]) -> Option<Parts> {
    let mark = [b"--", boundary.as_bytes()].concat();
    let mut parts = Parts::default();
    let mut rest = body.strip_prefix(mark.as_slice())?;
    let next = [b"\r\n", mark.as_slice()].concat();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        let inner = rest.strip_prefix(b"\r\n")?;
        let end = find(inner, &next)?;
        let (head, content) = halves(inner.get(..end)?)?;
        take(&mut parts, &head, content)?;
        rest = inner.get(end + next.len()..)?;
    }
}

fn take(parts: &mut Parts, head: &str, content: &[u8]) -> Option<()> {
    let line = head
        .lines()
        .find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let quoted = |key: &str| {
        let at = line.find(&format!("; {key}=\""))? + key.len() + 4;
        line.get(at..)?.split('"').next().map(str::to_owned)
    };
    let name = quoted("name")?;
    if name == "payload_json" {
        parts.payload = content.to_vec();
        return Some(());
    }
    let n = name.strip_prefix("files[")?.strip_suffix(']')?.parse().ok()?;
    parts.files.push(Sent {
        n,
        name: quoted("filename")?,
        bytes: content.to_vec(),
    });
    Some(())
}

fn halves(part: &[u8]) -> Option<(String, &[u8])> {
    let at = find(part, b"\r\n\r\n")?;
    let head = String::from_utf8(part.get(..at)?.to_vec()).ok()?;
    Some((head, part.get(at + 4..)?))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_as_they_went_in_whatever_they_hold() {
        let picture = b"\x89PNG\r\n--x\r\n\r\n\0--".to_vec();
        let mut body = b"--xyz\r\ncontent-disposition: form-data; name=\"payload_json\"\r\ncontent-type: application/json\r\n\r\n{\"a\":1}\r\n--xyz\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"chart.png\"\r\n\r\n".to_vec();
        body.extend(&picture);
        body.extend(b"\r\n--xyz--\r\n");
        let parts = read(boundary("multipart/form-data; boundary=xyz").unwrap(), &body).unwrap();
        assert_eq!(parts.payload, b"{\"a\":1}");
        assert_eq!((parts.files[0].n, parts.files[0].name.as_str()), (0, "chart.png"));
        assert_eq!(parts.files[0].bytes, picture);
        for cut in [0, 3, 20, 60, body.len() - 8] {
            assert_eq!(read("xyz", &body[..cut]), None, "{cut}");
        }
        assert_eq!(boundary("application/json"), None);
    }
}
