//! Round numbers for the edges of a drawing: few, and such that everything fits below the last one.

/// The first round number that holds `most`: one line stands at it, one at half of it.
pub fn count(most: i64) -> i64 {
    if most <= 2 {
        return 2;
    }
    let mut power: i64 = 1;
    loop {
        for factor in [2, 3, 4, 6, 8, 10] {
            let top = power.saturating_mul(factor);
            // Half of it is a whole number, and nothing above i64 is counted.
            if (top >= most && top % 2 == 0) || top == i64::MAX {
                return top;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// The same for minutes, in steps in which people count time.
pub fn minutes(most: i64) -> i64 {
    const HOUR: i64 = 60;
    const DAY: i64 = 24 * HOUR;
    let steps = [
        10,
        20,
        30,
        HOUR,
        2 * HOUR,
        4 * HOUR,
        6 * HOUR,
        8 * HOUR,
        12 * HOUR,
        16 * HOUR,
        DAY,
        2 * DAY,
        4 * DAY,
        6 * DAY,
        10 * DAY,
    ];
    match steps.into_iter().find(|step| *step >= most) {
        Some(step) => step,
        None => count(most / DAY + 1).saturating_mul(DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_round_and_above_everything() {
        for (most, top) in [
            (0, 2),
            (1, 2),
            (3, 4),
            (5, 6),
            (7, 8),
            (11, 20),
            (24, 30),
            (41, 60),
            (99, 100),
            (4_001, 6_000),
        ] {
            assert_eq!(count(most), top, "{most}");
        }
        for (most, top) in [(0, 10), (61, 120), (1_441, 2_880), (14_401, 28_800)] {
            assert_eq!(minutes(most), top, "{most}");
        }
        for most in [i64::MAX, i64::MAX - 1, i64::MAX / 2] {
            assert!(count(most) >= most && minutes(most) > 0, "{most}");
        }
    }
}
