//! One plain sentence about a fit: overfit, underfit, or fine.

use serde::{Deserialize, Serialize};

/// A model is called overfit if more than this share of what it gains over the baseline on the rows it learned from
/// is lost on rows that it did not.
pub const OVERFIT_SHARE: f64 = 0.35;

/// With fewer rows (of the rarest class), a score says next to nothing.
pub const ROWS_MIN: usize = 10;

/// Half the width of a 95 % interval in standard errors.
const Z_95: f64 = 1.96;

/// How many standard errors the best of `n` scores must lie above the baseline, so that it does so by chance in one of
/// forty cases: the normal quantile of 1 − 0.025 / n (Bonferroni), by its asymptotic form, good to 3 %.
fn z_of_best(n: usize) -> f64 {
    let log = base::math::ln(40.0 * n.max(1) as f64);
    let root = (2.0 * log).sqrt();
    root - base::math::ln(4.0 * std::f64::consts::PI * log) / (2.0 * root)
}

/// What the scores say of a fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerdictKind {
    /// Much better on rows that it learned from than on others.
    Overfit,
    /// No better than the baseline beyond noise.
    Underfit,
    /// Neither.
    Fine,
    /// There are too few rows to tell.
    Unsure,
}

/// A verdict and its sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// In a word.
    pub kind: VerdictKind,
    /// In a sentence.
    pub sentence: String,
}

/// What a verdict looks at. Values are of one metric.
#[derive(Debug, Clone, Copy)]
pub struct Fitness<'a> {
    /// Name of the metric.
    pub metric: &'a str,
    /// Whether a greater value is better.
    pub greater_is_better: bool,
    /// Score on the rows that were learned from.
    pub train: f64,
    /// Score on rows that were not.
    pub held_out: f64,
    /// The worse end of its interval.
    pub held_out_worst: f64,
    /// Score of the dummy baseline on the same rows.
    pub baseline: f64,
    /// How many configurations were tried: the best of several is better by chance alone.
    pub n_tried: usize,
    /// Rows that were judged; in classification those of the rarest class.
    pub n_rows: usize,
}

/// Judges a fit.
///
/// ```
/// use almanac_evaluate::verdict::{Fitness, VerdictKind, verdict};
/// let fitness = Fitness {
///     metric: "roc_auc", greater_is_better: true, train: 0.93, held_out: 0.91, held_out_worst: 0.90, baseline: 0.5,
///     n_tried: 6, n_rows: 400,
/// };
/// assert_eq!(verdict(fitness).kind, VerdictKind::Fine);
/// ```
pub fn verdict(f: Fitness<'_>) -> Verdict {
    let sign = if f.greater_is_better { 1.0 } else { -1.0 };
    let gain_train = sign * (f.train - f.baseline);
    let gain_held_out = sign * (f.held_out - f.baseline);
    let numbers = format!(
        "{} is {:.4} on rows it learned from, {:.4} on rows it did not, {:.4} for the baseline",
        f.metric, f.train, f.held_out, f.baseline
    );
    if f.n_rows < ROWS_MIN {
        let sentence = format!(
            "Too few rows to tell ({} judged, of the rarest class where there are classes): {numbers}. More rows are needed before the scores mean much.",
            f.n_rows
        );
        return Verdict { kind: VerdictKind::Unsure, sentence };
    }
    let noise = (f.held_out - f.held_out_worst).abs() / Z_95;
    if sign * (f.held_out - f.baseline) <= noise * z_of_best(f.n_tried) {
        let sentence = format!(
            "Underfit: no better than the dummy baseline beyond noise ({numbers}); the columns may not tell the target, or there are too few rows."
        );
        return Verdict { kind: VerdictKind::Underfit, sentence };
    }
    let lost = if gain_train > 0.0 { (gain_train - gain_held_out) / gain_train } else { 0.0 };
    if lost > OVERFIT_SHARE {
        let sentence = format!(
            "Overfit: {:.0} % of what it gains over the baseline is lost on new rows ({numbers}); more rows or a simpler model would help. The scores above are those on new rows.",
            lost * 100.0
        );
        return Verdict { kind: VerdictKind::Overfit, sentence };
    }
    let sentence = format!("Fine: it holds on rows that it did not learn from ({numbers}).");
    Verdict { kind: VerdictKind::Fine, sentence }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(train: f64, held_out: f64, worst: f64, baseline: f64, greater_is_better: bool) -> VerdictKind {
        let (n_tried, n_rows) = (6, 100);
        let held_out_worst = worst;
        verdict(Fitness { metric: "m", greater_is_better, train, held_out, held_out_worst, baseline, n_tried, n_rows })
            .kind
    }

    #[test]
    fn the_best_of_many_must_be_better_by_more() {
        let z: Vec<f64> = [1, 6, 100].map(z_of_best).to_vec();
        assert!((z[0] - 1.96).abs() < 0.06 && (z[1] - 2.64).abs() < 0.06 && (z[2] - 3.48).abs() < 0.06, "{z:?}");
        // Just above the baseline by its interval, and not by that of the best of six.
        assert_eq!(kind(0.6, 0.56, 0.505, 0.5, true), VerdictKind::Underfit);
        let few = Fitness {
            metric: "m",
            greater_is_better: true,
            train: 1.0,
            held_out: 1.0,
            held_out_worst: 1.0,
            baseline: 0.5,
            n_tried: 6,
            n_rows: 4,
        };
        assert_eq!(verdict(few).kind, VerdictKind::Unsure);
    }

    #[test]
    fn both_directions_are_judged_alike() {
        assert_eq!(kind(0.99, 0.70, 0.65, 0.5, true), VerdictKind::Overfit);
        assert_eq!(kind(1.0, 6.0, 6.5, 10.0, false), VerdictKind::Overfit);
        assert_eq!(kind(0.55, 0.51, 0.48, 0.5, true), VerdictKind::Underfit);
        assert_eq!(kind(9.8, 9.9, 10.2, 10.0, false), VerdictKind::Underfit);
        assert_eq!(kind(3.0, 3.5, 3.7, 10.0, false), VerdictKind::Fine);
    }
}
