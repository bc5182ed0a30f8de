//! The default steps, end to end: after them a learner can begin.

use almanac_preprocess::{DefaultFor, FittedStep, default_steps};
use base::Cx;
use contract::{ApplyStep, StepData, Target};
use table::{Frame, Matrix, MatrixData};

use super::examples::{frame, groups, n_missing, rows, targets};

fn prepare(learner: DefaultFor, train: &Frame, target: &Target) -> (Vec<FittedStep>, Frame) {
    let mut current = train.clone();
    let mut fitted = Vec::new();
    for step in default_steps(&groups(), learner, target.task(), train.n_rows) {
        let data = StepData { frame: &current, target: Some(target), weights: None };
        let (one, next) = step.step.fit_apply(&Cx::new(0, 2), data).expect("fits");
        fitted.push(one);
        current = next;
    }
    (fitted, current)
}

#[test]
fn learners_get_what_they_take() {
    let train = frame(&rows(400, 1));
    let score = frame(&rows(50, 2));
    for target in targets(400) {
        for learner in [DefaultFor::Linear, DefaultFor::Trees] {
            let (steps, in_training) = prepare(learner, &train, &target);
            let scored = steps.iter().fold(score.clone(), |f, s| s.apply(&f).expect("applies"));
            let shapes: Vec<Vec<String>> = [&in_training, &scored]
                .into_iter()
                .map(|frame| {
                    let matrix = Matrix::from_frame(frame).expect("numbers, codes and blocks");
                    matrix.columns.into_iter().map(|c| shape(learner, &c.name, &c.data)).collect()
                })
                .collect();
            assert_eq!(shapes[0], shapes[1]);
            let missing: usize = scored.features.iter().map(|f| n_missing(&f.data)).sum();
            assert_eq!(missing == 0, learner == DefaultFor::Linear, "{missing} missing before {learner:?}");
        }
    }
}

fn shape(learner: DefaultFor, name: &str, data: &MatrixData) -> String {
    match data {
        MatrixData::Dense(_) => format!("{name}: number"),
        MatrixData::Sparse(s) => format!("{name}: {} columns", s.n_cols),
        MatrixData::Codes { n_levels, .. } => {
            assert_eq!(learner, DefaultFor::Trees);
            format!("{name}: {n_levels} levels")
        }
    }
}

#[test]
fn a_category_of_many_levels_gets_an_encoding_and_no_time_is_absolute() {
    let (_, out) = prepare(DefaultFor::Trees, &frame(&rows(400, 1)), &targets(400)[1]);
    let names: Vec<&str> = out.features.iter().map(|f| f.name.as_str()).collect();
    for expected in ["ticket:target", "ticket:frequency", "ticket", "city", "when:month", "clock:minute_of_day"] {
        assert!(names.contains(&expected), "{expected} of {names:?}");
    }
    for not in ["city:target", "when", "when:year", "day:year"] {
        assert!(!names.contains(&not), "{not} of {names:?}");
    }
}
