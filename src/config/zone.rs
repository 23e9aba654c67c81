//! Time zones by their names in the IANA list. People write the town or a wrong continent; the list knows better.

use chrono_tz::TZ_VARIANTS;
use chrono_tz::Tz;

use crate::reader::suggest::nearest;
use crate::reader::table::Table;

pub fn zone(table: &Table, key: &'static str) -> Option<Tz> {
    let given = table.string(key)?;
    match find(&given.value) {
        Ok(zone) => Some(zone),
        Err(remedy) => {
            let what = format!("`{}` = {:?} is no time zone", table.dotted(key), given.value);
            table.reading.fault(given.line, what, remedy);
            None
        }
    }
}

/// The zone, or what to write in its place.
pub fn find(name: &str) -> Result<Tz, String> {
    name.parse().map_err(|_| match meant(name) {
        Some(near) => format!("did you mean {near:?}?"),
        None => "use a name like \"Europe/Berlin\"".to_owned(),
    })
}

fn meant(word: &str) -> Option<&'static str> {
    let town = |name: &str| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let names = TZ_VARIANTS.iter().map(|z| z.name());
    let wanted = town(&word.replace(' ', "_"));
    nearest(word, names.clone()).or_else(|| names.clone().find(|name| town(name) == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_is_enough_to_find_the_zone() {
        assert_eq!(meant("Europe/Belrin"), Some("Europe/Berlin"));
        assert_eq!(meant("Vienna"), Some("Europe/Vienna"));
        assert_eq!(meant("new york"), Some("America/New_York"));
        assert_eq!(meant("CEST Somewhere"), None);
    }
}
