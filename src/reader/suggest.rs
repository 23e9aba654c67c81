//! "Did you mean": most wrong words are a slip of one or two letters away from a right one.

/// The candidate that `word` was most likely meant to be, if any is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    // One slip in short words, a third of the letters in long ones; more is another word.
    let far = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(slips, _)| *slips <= far)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// `did you mean "care"?`, or what there is to choose from.
pub fn meant<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(word, candidates.clone()) {
        return format!("did you mean {near:?}?");
    }
    let all: Vec<String> = candidates.into_iter().map(|c| format!("{c:?}")).collect();
    if all.is_empty() {
        "there is none yet".to_owned()
    } else {
        format!("use one of {}", all.join(", "))
    }
}

/// Slips between two words: a letter too many, missing, wrong, or two swapped.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let wrong = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (rows[i - 1][j] + 1)
                .min(row[j - 1] + 1)
                .min(rows[i - 1][j - 1] + wrong);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let keys = ["connections", "api_url", "mode"];
        assert_eq!(nearest("conections", keys), Some("connections"));
        assert_eq!(nearest("API_URL", keys), Some("api_url"));
        assert_eq!(nearest("mdoe", keys), Some("mode"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(meant("x", ["care", "shop"]), r#"use one of "care", "shop""#);
    }
}
