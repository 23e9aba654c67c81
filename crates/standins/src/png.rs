//! What the stand-ins look for in a picture that somebody brings: is it one, and how large.

const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Width and height; none when these bytes are no PNG from beginning to end.
pub fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let number = |at: usize| {
        let four = rest.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four))
    };
    let header = rest.get(4..8)? == b"IHDR";
    let whole = bytes.ends_with(b"IEND\xaeB`\x82");
    let (width, height) = (number(8)?, number(12)?);
    (header && whole && width > 0 && height > 0).then_some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_picture_is_none() {
        // One white pixel.
        let chunks: [&[u8]; 4] = [
            MAGIC,
            b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU",
            b"\0\0\0\nIDATx\x9cc\xf8\x0f\0\x01\x01\x01\0\xb18\xf6\x14",
            b"\0\0\0\0IEND\xaeB`\x82",
        ];
        let whole = chunks.concat();
        assert_eq!(size(&whole), Some((1, 1)));
        assert_eq!(size(&whole[..whole.len() - 1]), None);
        assert_eq!(size(b"GIF89a"), None);
        assert_eq!(size(b""), None);
    }
}
