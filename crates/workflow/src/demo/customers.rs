//! The demo's customers: a table with the troubles that real ones have, and outcomes that follow from it with noise.

use std::fmt::Write;

use base::{Cx, Rng, Stream, math};

/// Files' texts, and what happened in the next month.
pub(super) struct Made {
    /// With outcomes, to train on.
    pub customers: String,
    /// Without, to score.
    pub next_month: String,
    /// Whether each customer of the next month left.
    pub outcomes: Vec<bool>,
}

/// The columns without the outcome.
pub(super) const HEADER: &str = "customer_id,signed_up,region,plan,age,tenure_months,monthly_charge,total_charge,support_calls,\
                      days_since_login,satisfaction,newsletter,last_note,currency";
const PLANS: [(&str, f64, f64); 5] = [
    ("basic", 0.42, 0.3),
    ("plus", 0.33, -0.1),
    ("family", 0.2, -0.6),
    ("student", 0.045, 0.5),
    ("legacy", 0.005, -1.0),
];
const REGIONS: [(&str, f64); 8] =
    [("001", 0.0), ("003", 0.2), ("007", -0.3), ("011", 0.5), ("020", 0.0), ("101", -0.4), ("114", 0.1), ("200", 0.0)];
const CONTENT: [&str; 4] =
    ["asked for a copy of the bill", "moved house and changed the address", "thanked us, all fine", "upgraded router"];
const UPSET: [&str; 4] = [
    "complained about the price",
    "asked how to cancel",
    "slow connection, angry",
    "compared us with another provider",
];

/// Makes `n_rows` customers, and a quarter of that for the next month.
pub(super) fn make(cx: &Cx, n_rows: usize) -> Made {
    let mut rng = cx.rng(Stream { stage: "demo", fold: 0, purpose: "customers" });
    let mut made =
        Made { customers: format!("{HEADER},churn\n"), next_month: format!("{HEADER}\n"), outcomes: Vec::new() };
    for i in 0..n_rows + n_rows / 4 {
        let (row, left) = customer(&mut rng, i);
        if i < n_rows {
            let _ = writeln!(made.customers, "{row},{}", if left { "yes" } else { "no" });
        } else {
            let _ = writeln!(made.next_month, "{row}");
            made.outcomes.push(left);
        }
    }
    made
}

fn customer(rng: &mut Rng, i: usize) -> (String, bool) {
    let (plan, _, plan_effect) = pick(rng, &PLANS);
    let (region, region_effect) = REGIONS[rng.below(REGIONS.len())];
    let age = (44.0 + 15.0 * rng.normal()).clamp(18.0, 90.0).round();
    let tenure = (-25.0 * math::ln(1.0 - rng.uniform())).min(120.0).floor();
    let charge = (18.0 + 40.0 * rng.uniform() + if plan == "family" { 25.0 } else { 0.0 }).round() + 0.99;
    let calls = (-1.2 * math::ln(1.0 - rng.uniform())).floor().min(12.0);
    let idle = (-9.0 * math::ln(1.0 - rng.uniform())).floor().min(90.0);
    let mood = (3.4 + 1.1 * rng.normal() - 0.35 * calls).round().clamp(1.0, 5.0);
    let writes = rng.uniform() < 0.55;
    let is_upset = rng.uniform() < 0.15 + 0.12 * calls - 0.02 * mood;
    let note = match (writes, is_upset) {
        (false, _) => "",
        (true, true) => UPSET[rng.below(UPSET.len())],
        (true, false) => CONTENT[rng.below(CONTENT.len())],
    };
    let newsletter = rng.uniform() < 0.4;
    // Those who are unhappy answer less often: that the answer is missing says something too.
    let answers = rng.uniform() < if mood <= 2.0 { 0.45 } else { 0.8 };
    let pull =
        plan_effect + region_effect - 0.03 * tenure.min(48.0) + 0.02 * (charge - 38.0) + 0.35 * calls + 0.035 * idle
            - 0.45 * (mood - 3.0)
            + if writes && is_upset { 1.1 } else { 0.0 }
            - if newsletter { 0.4 } else { 0.0 }
            + if age < 30.0 && plan == "basic" { 0.7 } else { 0.0 };
    let logit = 1.8 * pull - 2.2;
    let left = rng.uniform() < 1.0 / (1.0 + math::exp(-logit));
    let day = 1 + rng.below(28);
    let months = 2024 * 12 - tenure as usize;
    let mut row = format!("C{:06},{day:02}/{:02}/{},{region},{plan},", 100_000 + 7 * i, 1 + months % 12, months / 12);
    let _ = if rng.uniform() < 0.03 { write!(row, "?,") } else { write!(row, "{age},") };
    let total = if tenure == 0.0 { " ".to_owned() } else { format!("{:.2}", tenure * charge) };
    let _ = write!(row, "{tenure},{charge:.2},{total},{calls},{idle},");
    let _ = if answers { write!(row, "{mood},") } else { write!(row, ",") };
    let _ = write!(row, "{},\"{note}\",EUR", if newsletter { "yes" } else { "no" });
    (row, left)
}

fn pick(rng: &mut Rng, plans: &[(&'static str, f64, f64)]) -> (&'static str, f64, f64) {
    let mut at = rng.uniform();
    for plan in plans {
        if at < plan.1 {
            return *plan;
        }
        at -= plan.1;
    }
    plans[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_columns_of_the_header_and_both_outcomes() {
        let made = make(&Cx::new(0, 1), 1_000);
        let n_left = made.outcomes.iter().filter(|o| **o).count();
        assert!(n_left > 25 && n_left < 150, "{n_left} of 250");
        for line in made.customers.lines() {
            // No comma stands inside a cell but in notes, which are quoted.
            let outside: String = line.split('"').step_by(2).collect();
            assert_eq!(outside.matches(',').count(), 14, "{line}");
        }
        assert!(made.customers.contains(",?,") && made.customers.contains(", ,"));
    }
}
