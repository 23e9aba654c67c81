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
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40'/>";
        let whole = crate::picture::png(svg).unwrap();
        assert_eq!(size(&whole), Some((90, 60)));
        assert_eq!(size(&whole[..whole.len() - 1]), None);
        assert_eq!(size(b"GIF89a"), None);
        assert_eq!(size(b""), None);
    }
}
