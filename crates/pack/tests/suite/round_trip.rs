//! What is written reads back; equal content gives equal bytes, laid out as documented.

use almanac_pack::{Codec, Limits, Pack, PackError, PackWriter, Required, limits};
use base::{Family, Fault};
use proptest::prelude::*;

use crate::{forge, read_all, sample};

#[test]
fn sections_read_back() {
    let pack = read_all(sample()).expect("it reads");
    let names: Vec<&str> = pack.sections().map(|s| s.name()).collect();
    assert_eq!(names, ["card", "empty", "manifest", "model/arrays"]);
    let arrays = pack.require("model/arrays", &[1, 3]).expect("it is there");
    assert_eq!((arrays.version(), arrays.codec(), arrays.required()), (3, Codec::Zstd, Required::Yes));
    assert_eq!(arrays.raw_len(), 192);
    assert!(arrays.stored_len() < 192);
    let bytes = arrays.bytes().expect("it decodes");
    assert_eq!(&bytes[..6], [0, 0, 1, 0, 2, 0]);
    assert_eq!(&*pack.section("card").expect("it is there").bytes().expect("it reads"), b"# a model");
    assert_eq!(pack.section("empty").expect("it is there").raw_len(), 0);
    assert!(pack.section("other").is_none());
    assert_eq!(pack.written_by().as_deref(), Some("almanac 0.1.0"));
    let manifest = pack.section("manifest").expect("it is there").bytes().expect("it reads");
    assert_eq!(String::from_utf8_lossy(&manifest), r#"{"a":null,"b":[1,2.5],"written_by":"almanac 0.1.0"}"#);
}

#[test]
fn the_order_of_adding_does_not_matter() {
    let parts: [(&str, &[u8]); 3] = [("b", b"2"), ("a", b"1"), ("a/b", b"3")];
    let write = |order: [usize; 3]| {
        let mut w = PackWriter::new();
        for i in order {
            w.section(parts[i].0, 0, Required::Yes, Codec::Zstd, parts[i].1).expect("a section");
        }
        w.finish()
    };
    assert_eq!(write([0, 1, 2]), write([2, 0, 1]));
}

#[test]
fn the_layout_is_the_documented_one() {
    let bytes: Vec<u8> = (0..100).collect();
    let mut w = PackWriter::new();
    w.section("first", 0, Required::Yes, Codec::Raw, bytes.clone()).expect("a section");
    w.section("second", 0, Required::Yes, Codec::Raw, b"2".to_vec()).expect("a section");
    let forged = forge::file(&forge::lay_out(vec![forge::raw("first", &bytes), forge::raw("second", b"2")]));
    assert_eq!(w.finish(), forged);
}

#[test]
fn a_pack_without_sections_is_a_pack() {
    let bytes = PackWriter::new().finish();
    assert_eq!(bytes.len(), 96);
    assert_eq!(read_all(bytes).expect("it reads").sections().count(), 0);
}

#[test]
fn unknown_sections_are_skipped_or_refused() {
    let pack = read_all(sample()).expect("it reads");
    let skipped = pack.check_known(|n| n == "manifest" || n == "model/arrays").expect("nothing required is unknown");
    assert_eq!(skipped, ["card", "empty"]);
    let refused = pack.check_known(|n| n != "model/arrays").expect_err("it is required");
    assert_eq!(refused.code().to_string(), "AL0215");
    assert!(refused.to_string().contains("`model/arrays`"), "{refused}");
    let hint = refused.hint().expect("it has a hint");
    assert!(hint.contains("newer almanac") && hint.contains("almanac 0.1.0"), "{hint}");
}

#[test]
fn a_section_version_that_is_not_read_is_named() {
    let pack = read_all(sample()).expect("it reads");
    let refused = pack.require("model/arrays", &[0, 1, 2]).expect_err("version 3 is not read");
    assert!(refused.to_string().contains("version 3"), "{refused}");
    assert!(refused.hint().is_some_and(|h| h.contains("almanac 0.1.0")));
    assert_eq!(pack.require("nothing", &[0]).err(), Some(PackError::MissingSection { section: "nothing".to_owned() }));
}

#[test]
fn a_manifest_that_says_nothing_is_no_obstacle() {
    let mut w = PackWriter::new();
    w.section("manifest", 0, Required::Yes, Codec::Raw, b"not json".to_vec()).expect("a section");
    w.section("new", 0, Required::Yes, Codec::Raw, b"".to_vec()).expect("a section");
    let pack = read_all(w.finish()).expect("it reads");
    assert!(matches!(pack.manifest(), Err(PackError::Manifest { .. })));
    let refused = pack.check_known(|n| n == "manifest").expect_err("it is required");
    assert!(refused.hint().is_some_and(|h| h.contains("newer almanac")));
}

#[test]
fn a_manifest_nested_too_deep_is_an_error() {
    let mut w = PackWriter::new();
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    w.section("manifest", 0, Required::Yes, Codec::Zstd, deep.into_bytes()).expect("a section");
    assert!(matches!(read_all(w.finish()).expect("it reads").manifest(), Err(PackError::Manifest { .. })));
}

#[test]
fn a_manifest_over_its_limit_is_not_parsed() {
    let mut w = PackWriter::new();
    let long = vec![b' '; limits::MANIFEST_BYTES_MAX as usize + 1];
    w.section("manifest", 0, Required::Yes, Codec::Raw, long).expect("a section");
    assert!(matches!(read_all(w.finish()).expect("it reads").manifest(), Err(PackError::OverLimit { .. })));
}

#[test]
fn what_cannot_be_read_cannot_be_written() {
    let mut w = PackWriter::new();
    let long = "a".repeat(33);
    for name in ["", "A", "ä", "a b", "a\0", long.as_str()] {
        let refused = w.section(name, 0, Required::Yes, Codec::Raw, b"".to_vec()).expect_err(name);
        assert_eq!((refused.code().to_string().as_str(), refused.family()), ("AL0217", Family::Ours));
    }
    w.section(&"a".repeat(32), 0, Required::Yes, Codec::Raw, b"".to_vec()).expect("32 characters are a name");
    w.section("b", 0, Required::Yes, Codec::Raw, b"".to_vec()).expect("a section");
    assert!(w.section("b", 0, Required::Yes, Codec::Raw, b"".to_vec()).is_err());
    assert!(w.manifest(0, &[1, 2]).is_err());
    assert!(w.manifest(0, &f64::NAN).is_err());
    read_all(w.finish()).expect("what was refused left no trace");
}

#[test]
fn as_many_sections_as_may_be_read_may_be_written() {
    let mut w = PackWriter::new();
    for i in 0..limits::SECTIONS_MAX {
        w.section(&format!("s{i:04}"), 0, Required::No, Codec::Raw, [1u8]).expect("a section");
    }
    assert!(w.section("t", 0, Required::No, Codec::Raw, [1u8]).is_err());
    assert_eq!(read_all(w.finish()).expect("it reads").sections().count(), 4096);
}

#[test]
fn limits_are_the_callers() {
    let open = |limits| Pack::open(sample(), &limits).map(drop).map_err(|e| e.code().to_string());
    let free = Limits::default();
    assert_eq!(open(Limits { file_bytes_max: sample().len() as u64, ..free }), Ok(()));
    let over = Err("AL0208".to_owned());
    assert_eq!(open(Limits { file_bytes_max: sample().len() as u64 - 1, ..free }), over);
    assert_eq!(open(Limits { sections_max: 4, ..free }), Ok(()));
    assert_eq!(open(Limits { sections_max: 3, ..free }), over);
    assert_eq!(open(Limits { section_raw_bytes_max: 192, ..free }), Ok(()));
    assert_eq!(open(Limits { section_raw_bytes_max: 191, ..free }), over);
    assert_eq!(open(Limits { total_raw_bytes_max: 192, ..free }), over);
}

proptest! {
    #![proptest_config(crate::cases(64))]
    #[test]
    fn anything_goes_round(sections in prop::collection::btree_map(
        "[a-z0-9._/-]{1,32}", (any::<u32>(), any::<bool>(), any::<bool>(), prop::collection::vec(0u8..4, 0..600)), 0..8,
    )) {
        let mut w = PackWriter::new();
        for (name, (version, required, zip, bytes)) in &sections {
            let required = if *required { Required::Yes } else { Required::No };
            let codec = if *zip { Codec::Zstd } else { Codec::Raw };
            w.section(name, *version, required, codec, bytes.clone()).expect("a section");
        }
        let pack = read_all(w.finish()).expect("it reads");
        prop_assert_eq!(pack.sections().count(), sections.len());
        for (name, (version, _, _, bytes)) in &sections {
            let section = pack.require(name, &[*version]).expect("it is there");
            prop_assert_eq!(&*section.bytes().expect("it reads"), &bytes[..]);
        }
    }
}
