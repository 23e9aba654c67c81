//! What customers wrote in the four weeks before the demo was opened, and what the team answered: by it a digest, a search
//! and a back-test have something to go by. The same each time, so that nobody wonders.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use super::BACKPACK;
use super::BLENDER;
use super::BRISTOL;
use super::HAMBURG;
use super::HEDGE;
use super::KETTLE;
use super::LEIPZIG;
use super::MUENCHEN;
use super::SECATEURS;
use super::Spot;
use super::TENT;

pub const DAYS: i64 = 28;

/// One of them, from the first word to the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    pub spot: Spot,
    pub author: &'static str,
    /// None is a question.
    pub stars: Option<u8>,
    pub text: String,
    pub at: DateTime<Utc>,
    /// What was answered and when; none when it needed no answer.
    pub answer: Option<(DateTime<Utc>, &'static str)>,
    /// Which of the team did it, counted from 0.
    pub by: usize,
}

const SHOP: [Spot; 6] = [HEDGE, SECATEURS, BLENDER, KETTLE, TENT, BACKPACK];
const PLACES: [Spot; 3] = [MUENCHEN, LEIPZIG, HAMBURG];

const GOODS: &[(Option<u8>, &str)] = &[
    (Some(5), "Hält, was es verspricht, und kam schon am nächsten Tag."),
    (
        Some(5),
        "Zum zweiten Mal gekauft, diesmal für meine Mutter. Sie ist begeistert.",
    ),
    (
        Some(5),
        "Genau so beschrieben, wie es dann auch war. Selten genug.",
    ),
    (Some(4), "Gut, nur die Anleitung ist winzig gedruckt."),
    (
        Some(4),
        "Solide Arbeit. Der Karton war eingedrückt, innen war alles heil.",
    ),
    (Some(4), "Macht seinen Dienst seit vier Wochen ohne Murren."),
    (
        Some(3),
        "In Ordnung für den Preis. Ein wenig leiser dürfte es sein.",
    ),
    (Some(3), "Die Farbe ist dunkler als auf dem Bild."),
    (
        Some(2),
        "Nach dem zweiten Mal klemmt der Verschluss. Was kann ich tun?",
    ),
    (Some(2), "Ein Teil fehlte, und am Telefon ging niemand ran."),
    (
        Some(1),
        "Schon beim Auspacken gebrochen. Ich möchte mein Geld zurück.",
    ),
    (Some(1), "Drei Wochen gewartet, dann kam das Falsche."),
    (None, "Gibt es dafür Ersatzteile, und wie lange noch?"),
    (None, "Passt das Zubehör vom Vorgänger?"),
    (None, "Wann ist es wieder lieferbar?"),
];

const STORES: &[(Option<u8>, &str)] = &[
    (Some(5), "Sehr freundlich, und man nimmt sich Zeit."),
    (Some(5), "Beste Beratung weit und breit."),
    (Some(5), "Umgetauscht ohne ein böses Wort. Danke."),
    (Some(4), "Große Auswahl, nur das Parken ist ein Abenteuer."),
    (Some(4), "Nett hier. Die Kasse könnte schneller sein."),
    (
        Some(3),
        "Mal so, mal so. Heute war niemand in der Schuhabteilung.",
    ),
    (Some(2), "Der Artikel war laut Seite da, im Laden dann nicht."),
    (Some(1), "Zwanzig Minuten gewartet, keiner fühlte sich zuständig."),
];

const BRITISH: &[(Option<u8>, &str)] = &[
    (Some(5), "Lovely staff, proper advice, fair prices."),
    (Some(4), "Good range. The café upstairs is a bonus."),
    (Some(3), "Fine, though the sizes run small."),
    (Some(2), "Told one thing on the phone and another at the till."),
    (Some(1), "Waited half an hour for a refund that never came."),
];

const ANSWERS: [&str; 4] = [
    "Vielen Dank für die Rückmeldung, das geben wir gern ans Team weiter.",
    "Das tut uns leid. Schreib uns bitte deine Bestellnummer, dann kümmern wir uns noch heute darum.",
    "Danke für den Hinweis, wir haben es an der Beschreibung geändert.",
    "Ja, das gibt es. Wir haben dir die Einzelheiten geschickt.",
];

const ENGLISH: [&str; 2] = [
    "Thank you, we have passed this on to the team.",
    "We are sorry about that. Please send us your order number and we will look into it today.",
];

const AUTHORS: [&str; 24] = [
    "Frau Amselgrund",
    "Tilo B.",
    "Kräuterhexe68",
    "Jasper N.",
    "Ehepaar Lindwurm",
    "Mo",
    "Wanda P.",
    "grüner_daumen",
    "Onkel Heinz",
    "Selma K.",
    "Balkonier",
    "R. Sommerfeld",
    "Pia & Ole",
    "Zeltplatz Nord",
    "H. Dachs",
    "Nadja T.",
    "wanderschuh43",
    "Emil",
    "Frau Kiesel",
    "Bo Larsen",
    "Gartenfreunde Süd",
    "Käthe",
    "D. Unruh",
    "Merle",
];

const GUESTS: [&str; 6] = [
    "Gwen",
    "Mr Hathersage",
    "tea_and_tents",
    "Priya S.",
    "Old Tom",
    "Rhys",
];

/// In the order of their coming, all of it over when the demo opens.
pub fn past(now: DateTime<Utc>) -> Vec<Past> {
    let mut out: Vec<Past> = Vec::new();
    for day in (1..=DAYS).rev() {
        let begins = (now - TimeDelta::days(day))
            .date_naive()
            .and_time(chrono::NaiveTime::MIN)
            .and_utc();
        let count = 3 + usize::try_from((day * 5) % 4).unwrap_or(0);
        for nth in 0..count {
            let n = out.len();
            let at = begins
                + TimeDelta::minutes(6 * 60 + i64::try_from(nth * 840 / count + (n * 37) % 60).unwrap_or(0));
            out.push(one(n, at, now));
        }
    }
    out
}

fn one(n: usize, at: DateTime<Utc>, now: DateTime<Utc>) -> Past {
    let pick = |list: &[(Option<u8>, &'static str)]| list[(n * 7 + n / 5) % list.len()];
    let (spot, author, (stars, text), answers): (Spot, _, _, &[&str]) = match n % 8 {
        7 => (BRISTOL, GUESTS[(n / 8) % GUESTS.len()], pick(BRITISH), &ENGLISH),
        2 | 5 => (
            PLACES[n % PLACES.len()],
            AUTHORS[(n * 5) % AUTHORS.len()],
            pick(STORES),
            &ANSWERS,
        ),
        _ => (
            SHOP[(n / 3) % SHOP.len()],
            AUTHORS[(n * 5) % AUTHORS.len()],
            pick(GOODS),
            &ANSWERS,
        ),
    };
    // Most within what is promised, which is minutes for a complaint here; some not.
    let minutes = match (n % 11, stars) {
        (10, _) => 30 * 60,
        (k, Some(1 | 2)) => 1 + i64::try_from(k % 3).unwrap_or(0),
        (k, _) => 12 + i64::try_from(k * k * 9).unwrap_or(0),
    };
    let answered = (at + TimeDelta::minutes(minutes)).min(now - TimeDelta::minutes(10));
    // Praise is not always answered.
    let needs_none = stars == Some(5) && n.is_multiple_of(3);
    let reply = match stars {
        None => answers[answers.len() - 1],
        Some(1 | 2) => answers[1],
        Some(3 | 4) if answers.len() > 2 => answers[2],
        Some(_) => answers[0],
    };
    Past {
        spot,
        author,
        stars,
        text: text.to_owned(),
        at,
        answer: (!needs_none).then_some((answered, reply)),
        by: n % 3,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn four_weeks_are_full_and_all_of_them_lie_behind() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let all = past(now);
        assert!((100..170).contains(&all.len()), "{}", all.len());
        assert!(all.is_sorted_by_key(|p| p.at));
        let days: BTreeSet<_> = all.iter().map(|p| p.at.date_naive()).collect();
        assert_eq!(days.len(), 28);
        for p in &all {
            assert!(p.at < now && now - p.at < TimeDelta::days(DAYS + 1), "{p:?}");
            assert!(p.answer.is_none_or(|(at, _)| p.at < at && at < now), "{p:?}");
            assert!(
                p.spot.site == "shop" || p.stars.is_some(),
                "Google has no questions: {p:?}"
            );
        }
        for is_met in [
            |p: &Past| p.stars.is_none(),
            |p: &Past| p.stars == Some(1),
            |p: &Past| p.answer.is_none(),
            |p: &Past| p.spot == BRISTOL,
        ] {
            assert!(all.iter().any(is_met));
        }
    }
}
