//! Model files that come from anywhere: damaged, cut, with sections that nobody knows. An error, never a panic.

use almanac_pipeline::bundle::MEMBERS_MAX;
use almanac_pipeline::{Bundle, PipelineError, read_bundle, write_bundle};
use base::{Cx, Rng, Stream};
use contract::Task;
use pack::{Codec, Limits, Pack, PackError, PackWriter, Required};
use proptest::prelude::*;

use super::tables::{bundle, bundles, table};

fn rng(purpose: &str) -> Rng {
    Cx::new(0, 1).rng(Stream { stage: "test", fold: 0, purpose })
}

fn written(task: Task) -> Vec<u8> {
    let bundle = bundle(&table(), task, &[(0.5, "boost"), (0.5, "linear")]);
    write_bundle(&bundle).expect("writes")
}

/// The same container with the content of one section made anew, every hash right.
fn with_section(bytes: &[u8], name: &str, edit: impl Fn(Vec<u8>) -> Option<Vec<u8>>) -> Vec<u8> {
    let pack = Pack::open(bytes.to_vec(), &Limits::default()).expect("a container");
    let mut writer = PackWriter::new();
    let names: Vec<String> = pack.sections().map(|s| s.name().to_owned()).collect();
    for section in &names {
        let raw = pack.section(section).expect("listed").bytes().expect("whole").to_vec();
        let raw = if section == name { edit(raw) } else { Some(raw) };
        if let Some(raw) = raw {
            writer.section(section, 0, Required::Yes, Codec::Zstd, raw).expect("a section");
        }
    }
    writer.finish()
}

#[test]
fn equal_bundles_are_equal_bytes_and_read_back_whole() {
    for (name, bundle) in bundles(&table()) {
        let bytes = write_bundle(&bundle).expect("writes");
        let again = read_bundle(bytes.clone()).expect("reads");
        assert_eq!(write_bundle(&again).expect("writes"), bytes, "{name}");
        assert_eq!(again.profile, bundle.profile, "{name}");
        assert_eq!(again.fitted.problem, bundle.fitted.problem, "{name}");
    }
}

#[test]
fn every_cut_is_refused() {
    let bytes = written(Task::Binary);
    let mut rng = rng("cuts");
    let cuts = (0..64).chain((0..300).map(|_| 0)).map(|i| if i == 0 { rng.below(bytes.len()) } else { i });
    for cut in cuts {
        assert!(read_bundle(bytes[..cut].to_vec()).is_err(), "cut at {cut}");
    }
}

#[test]
fn no_bit_is_free() {
    let bytes = written(Task::Multiclass);
    let mut rng = rng("bits");
    let n_bytes = bytes.len();
    for at in (0..256).chain((0..400).map(|_| rng.below(n_bytes)).collect::<Vec<_>>()) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << rng.below(8);
        assert!(read_bundle(damaged).is_err(), "a bit of byte {at} of {n_bytes}");
    }
}

#[test]
fn sections_that_lie_under_right_hashes_are_refused() {
    let bytes = written(Task::Binary);
    let is_section = |e: PipelineError| matches!(e, PipelineError::Section { .. } | PipelineError::Pack(_));
    let mut rng = rng("lies");
    for name in ["problem", "members", "model.000", "model.001", "card", "profile"] {
        for _ in 0..60 {
            let (flip, cut) = (rng.next_u64(), rng.next_u64());
            let edited = with_section(&bytes, name, |mut raw| {
                if flip % 3 == 0 {
                    raw.truncate(cut as usize % raw.len());
                } else {
                    let at = cut as usize % raw.len();
                    raw[at] ^= 1 << (flip % 8);
                }
                Some(raw)
            });
            // A changed number may still be a model; whatever is read must then score without a panic.
            match read_bundle(edited) {
                Ok(read) => drop(read.fitted.predict(&Cx::new(0, 1), &table())),
                Err(e) => assert!(is_section(e), "{name}"),
            }
        }
        let gone = read_bundle(with_section(&bytes, name, |_| None));
        assert_eq!(gone.is_ok(), matches!(name, "card" | "profile"), "{name} is gone");
    }
}

#[test]
fn unknown_sections_are_skipped_or_refused_by_their_flag() {
    let known = written(Task::Regression);
    for (required, ok) in [(Required::No, true), (Required::Yes, false)] {
        let pack = Pack::open(known.clone(), &Limits::default()).expect("a container");
        let mut writer = PackWriter::new();
        for s in pack.sections() {
            let raw = s.bytes().expect("whole").to_vec();
            writer.section(s.name(), s.version(), Required::Yes, Codec::Zstd, raw).expect("a section");
        }
        writer.section("unheard.of", 3, required, Codec::Raw, vec![1, 2, 3]).expect("a section");
        let read = read_bundle(writer.finish());
        assert_eq!(read.is_ok(), ok, "{required:?}");
        if let Err(e) = read {
            assert!(matches!(e, PipelineError::Pack(PackError::UnknownRequired { .. })), "{e}");
        }
    }
}

#[test]
fn odd_weights_are_refused() {
    let bytes = written(Task::Binary);
    let set = |from: &str, to: &str| {
        read_bundle(with_section(&bytes, "members", |raw| {
            let text = String::from_utf8(raw).expect("JSON");
            assert!(text.contains(from), "{text}");
            Some(text.replace(from, to).into_bytes())
        }))
    };
    assert!(set("\"weight\":0.5", "\"weight\":0.5").is_ok());
    for odd in ["-0.5", "2", "1e400", "null", "0.4"] {
        assert!(set("\"weight\":0.5", &format!("\"weight\":{odd}")).is_err(), "{odd}");
    }
    const { assert!(MEMBERS_MAX < 1_000, "sections are named by three digits") };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]
    #[test]
    fn arbitrary_bytes_are_no_bundle(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), magic in any::<bool>()) {
        if magic {
            bytes.splice(..0, b"ALMANAC\0\x01\0\0\0".iter().copied());
        }
        prop_assert!(read_bundle(bytes).is_err());
    }
}

#[test]
fn a_bundle_holds_no_time_host_or_thread_count() {
    let bytes = written(Task::Binary);
    let twice = written(Task::Binary);
    assert_eq!(bytes, twice);
    let Bundle { card, .. } = read_bundle(bytes).expect("reads");
    assert_eq!(card, almanac_pipeline::Card::default());
}
