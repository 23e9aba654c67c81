//! Drawings become PNG here, in our own process: no browser, no fonts of the machine, no files. It knows nothing of what
//! is drawn, and stands below the workflows because it asks nobody: the same drawing is the same bytes everywhere.

use std::sync::Arc;
use std::sync::LazyLock;

use resvg::tiny_skia::Pixmap;
use resvg::tiny_skia::Transform;
use resvg::usvg::ImageHrefResolver;
use resvg::usvg::Options;
use resvg::usvg::Tree;
use resvg::usvg::fontdb::Database;

/// What the faces call themselves.
const FAMILY: &str = "Zeitnah Sans";
/// Dots for each unit of the drawing: sharp on a phone, small on the way there.
const SCALE: f32 = 1.5;
/// A drawing larger than this is a mistake, not a picture.
const MOST_UNITS: f32 = 4_000.0;

/// The only faces there are, on every machine.
static FACES: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut faces = Database::new();
    faces.load_font_data(include_bytes!("face/regular.ttf").to_vec());
    faces.load_font_data(include_bytes!("face/bold.ttf").to_vec());
    faces.set_sans_serif_family(FAMILY);
    Arc::new(faces)
});

#[derive(Debug, thiserror::Error)]
pub enum NotAPicture {
    #[error("the drawing cannot be read: {0}")]
    Drawing(String),
    #[error("the drawing has no size that can be painted")]
    Size,
    #[error("the picture cannot be written: {0}")]
    Writing(String),
}

/// Paints a drawing in SVG.
pub fn png(svg: &str) -> Result<Vec<u8>, NotAPicture> {
    let tree = read(svg)?;
    let size = tree.size();
    if size.width() > MOST_UNITS || size.height() > MOST_UNITS {
        return Err(NotAPicture::Size);
    }
    let (width, height) = (
        (size.width() * SCALE).ceil() as u32,
        (size.height() * SCALE).ceil() as u32,
    );
    let mut pixels = Pixmap::new(width, height).ok_or(NotAPicture::Size)?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels
        .encode_png()
        .map_err(|e| NotAPicture::Writing(e.to_string()))
}

fn read(svg: &str) -> Result<Tree, NotAPicture> {
    let options = Options {
        font_family: FAMILY.to_owned(),
        fontdb: Arc::clone(&FACES),
        // Nothing is fetched and no file is opened, whatever a drawing names.
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Tree::from_str(svg, &options).map_err(|e| NotAPicture::Drawing(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(inside: &str) -> String {
        format!("<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40'>{inside}</svg>")
    }

    #[test]
    fn the_same_drawing_is_the_same_bytes() {
        let text = drawing("<text x='2' y='30' font-size='24'>Übrig 4★</text>");
        let first = png(&text).unwrap();
        assert!(first.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(first, png(&text).unwrap());
    }

    #[test]
    fn only_our_two_faces_are_there_and_both_are_used() {
        let names: Vec<&str> = FACES.faces().map(|f| f.families[0].0.as_str()).collect();
        assert_eq!(names, [FAMILY, FAMILY]);
        let with = |style: &str| {
            png(&drawing(&format!(
                "<text x='2' y='30' font-size='24' {style}>Aß</text>"
            )))
        };
        let plain = with("").unwrap();
        assert_ne!(
            plain,
            with("font-weight='700'").unwrap(),
            "bold is a face of its own"
        );
        assert_ne!(plain, png(&drawing("")).unwrap(), "letters leave marks");
    }

    #[test]
    fn nothing_outside_the_drawing_is_read() {
        let empty = png(&drawing("")).unwrap();
        for href in [
            "file:///etc/hostname",
            "face/regular.ttf",
            "data:image/png;base64,iVBORw0KGgo=",
        ] {
            let named = drawing(&format!("<image href='{href}' width='60' height='40'/>"));
            assert_eq!(png(&named).unwrap(), empty, "{href}");
        }
    }

    #[test]
    fn what_is_no_drawing_is_an_error() {
        for odd in [
            "",
            "<svg",
            "<svg xmlns='http://www.w3.org/2000/svg' width='0' height='4'/>",
        ] {
            assert!(png(odd).is_err(), "{odd}");
        }
        assert!(png("<svg xmlns='http://www.w3.org/2000/svg' width='90000' height='90000'/>").is_err());
    }
}
