//! What was set from a chat: how much of it holds, and what the file no longer allows.

use secrecy::ExposeSecret as _;

use crate::cli::check::report::Report;
use crate::config::Sections;
use crate::config::written::Written;
use crate::domain::press::setting::Key;
use crate::domain::promise::rules::Rules;
use crate::store::Store;
use crate::store::setting;
use crate::store::setting::SettingLine;
use crate::workflow::holding;

const AREA: &str = "Settings from a chat";

/// What holds with all that was set. A database that cannot be asked is a fault of its own, told where it is looked at.
pub async fn look(sections: &Sections, report: &mut Report) -> Option<Rules> {
    let (Some(database), Some(written)) = (&sections.database, sections.written()) else {
        return None;
    };
    let store = Store::open(database.url.expose_secret(), 1).await.ok()?;
    let lacking = store.lacking_migrations().await;
    let latest = match lacking.is_ok_and(|lacking| lacking.is_empty()) {
        true => setting::latest(store.pool()).await.ok(),
        false => None,
    };
    store.close().await;
    judge(written, &latest?, report)
}

fn judge(written: &Written, latest: &[SettingLine], report: &mut Report) -> Option<Rules> {
    let held = holding(latest);
    let edition = written.under(&held).ok()?;
    for line in latest.iter().filter(|line| line.value.is_some()) {
        if line.key.parse::<Key>().is_err() {
            let what = format!(
                "this version does not know the setting {:?}, so it does not hold",
                line.key
            );
            let remedy = "run the version that it was set with; it stays as it is until then";
            report.warning(AREA, Some("chat".to_owned()), what, remedy);
        }
    }
    for (key, fault) in &edition.left_out {
        let remedy = format!("{}; or take it back: /zeitnah settings reset {key}", fault.remedy);
        let what = format!("{key} is left out: {}", fault.what);
        report.warning(AREA, Some("chat".to_owned()), what, &remedy);
    }
    let n = held.len() - edition.left_out.len();
    if n > 0 {
        report.good(AREA, format!("{n} in force; `zeitnah settings` names them"));
    }
    Some(edition.config.rules())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::At;

    #[test]
    fn what_the_file_no_longer_allows_is_named_with_the_way_out() {
        let text = include_str!("../../../zeitnah.example.toml");
        let config = crate::config::Config::parse("z.toml", text, &|name| Some(name.to_lowercase())).unwrap();
        let line = |seq, key: &str, value: &str| SettingLine {
            seq,
            key: key.into(),
            value: Some(value.into()),
            by: "slack:U0ANNA".parse().unwrap(),
            at: At::UNIX_EPOCH,
        };
        let latest = [
            line(1, "language care", "en"),
            line(2, "language support", "en"),
            line(3, "mood care", "sunny"),
        ];
        let mut report = Report::default();
        judge(&config.written, &latest, &mut report);
        let text = report.text(false, true);
        assert!(text.contains("1 in force"), "{text}");
        assert!(
            text.contains("this version does not know the setting \"mood care\""),
            "{text}"
        );
        assert!(
            text.contains("language support is left out: there is no channel"),
            "{text}"
        );
        assert!(
            text.contains("/zeitnah settings reset language support"),
            "{text}"
        );
    }
}
