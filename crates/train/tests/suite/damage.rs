//! Damaged model bytes: an error, or a model that predicts without panicking; never a large allocation.

use almanac_train::{DecodeError, Model};
use base::Fault;
use contract::{Predict, Task};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use super::tables::{self, Sample};
use super::{cx, fit, learners, takes};

fn models() -> Vec<(Sample, &'static str, Vec<u8>)> {
    let mut out = Vec::new();
    for learner in learners() {
        for task in Task::ALL {
            for sample in [tables::numeric(task, 40), tables::with_codes(task), tables::with_sparse(task, 5)] {
                if takes(&learner, &sample) {
                    let (kind, bytes) = fit(&learner, &sample).encode();
                    out.push((sample, kind, bytes));
                }
            }
        }
    }
    out
}

/// Decodes, and if that goes well predicts a few rows.
fn survive(kind: &str, bytes: &[u8], sample: &Sample) -> Result<(), DecodeError> {
    let model = Model::decode(kind, bytes)?;
    let _ = model.predict(&cx(), &sample.x.take(&[0, 1, 2]));
    Ok(())
}

#[test]
fn every_cut_is_an_error() {
    for (sample, kind, bytes) in models() {
        for n in (0..bytes.len()).step_by(bytes.len() / 400 + 1) {
            assert!(survive(kind, &bytes[..n], &sample).is_err(), "{kind} on {}: cut at {n}", sample.name);
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(survive(kind, &longer, &sample).is_err(), "{kind}: a byte too many");
    }
}

#[test]
fn every_flipped_bit_is_survived() {
    for (sample, kind, bytes) in models() {
        let mut damaged = bytes.clone();
        for at in (0..bytes.len()).step_by(bytes.len() / 300 + 1) {
            for bit in 0..8 {
                damaged[at] ^= 1 << bit;
                let _ = survive(kind, &damaged, &sample);
                damaged[at] = bytes[at];
            }
        }
    }
}

#[test]
fn every_number_turned_large_is_survived() {
    for (sample, kind, bytes) in models() {
        for at in (0..bytes.len().saturating_sub(4)).step_by(bytes.len() / 300 + 1) {
            for pattern in [[255; 4], [0; 4], [0, 0, 0, 128], [255, 255, 0, 0]] {
                let mut damaged = bytes.clone();
                damaged[at..at + 4].copy_from_slice(&pattern);
                let _ = survive(kind, &damaged, &sample);
            }
        }
    }
}

#[test]
fn an_unknown_kind_says_which_are_known() {
    let error = Model::decode("liner", &[]).expect_err("no such kind");
    assert!(error.to_string().contains("`linear`"), "{error}");
    assert!(error.hint().expect("a hint").contains("dummy"));
    assert_eq!(error.code().to_string(), "AL1204");
}

proptest! {
    #![proptest_config(Config { rng_seed: RngSeed::Fixed(20_261_124), failure_persistence: None, ..Config::with_cases(400) })]

    #[test]
    fn noise_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..200), small in prop::collection::vec(0u8..3, 0..200)) {
        let sample = tables::numeric(Task::Binary, 10);
        for kind in Model::KINDS {
            let _ = survive(kind, &bytes, &sample);
            let _ = survive(kind, &small, &sample);
        }
    }
}
