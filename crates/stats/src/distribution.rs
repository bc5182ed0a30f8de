//! Distributions: tails and quantiles, on `base::math` alone. Equal to SciPy's within 1e-10, relatively, also far out
//! in the tails.

mod binomial;
mod chi2;
mod incomplete;
mod invert;
mod kolmogorov;
mod normal;
mod student_t;

pub use binomial::{binomial_cdf, binomial_pmf, binomial_sf};
pub use chi2::{chi2_cdf, chi2_quantile, chi2_sf};
pub use incomplete::{beta_regularised, gamma_regularised};
pub use kolmogorov::kolmogorov_sf;
pub use normal::{normal_cdf, normal_quantile, normal_sf};
pub use student_t::{student_t_cdf, student_t_quantile, student_t_sf};

use crate::error::StatsError;

fn check_positive(what: &'static str, value: f64) -> Result<(), StatsError> {
    if value > 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(StatsError::Asked { what, expected: "a finite number above 0", found: value.to_string() })
    }
}

fn check_probability(value: f64) -> Result<(), StatsError> {
    if (0.0..=1.0).contains(&value) {
        Ok(())
    } else {
        Err(StatsError::Asked { what: "the probability", expected: "0 to 1", found: value.to_string() })
    }
}

fn check_not_nan(value: f64) -> Result<(), StatsError> {
    if value.is_nan() {
        Err(StatsError::Asked { what: "the value", expected: "a number", found: "NaN".into() })
    } else {
        Ok(())
    }
}
