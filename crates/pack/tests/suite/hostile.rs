//! Malice: files whose hashes are right and whose table lies.

use almanac_pack::{LayoutProblem, Limits, NameProblem, Pack, PackError, limits};
use base::Fault;

use crate::forge::{self, Forged, file, file_with, lay_out, raw, zstd};
use crate::read_all;

fn two() -> Vec<Forged> {
    lay_out(vec![raw("a", &[1; 70]), raw("b", &[2; 10])])
}

/// Changes the second of two sections and tells the error.
fn with(change: impl FnOnce(&mut Forged)) -> PackError {
    let mut sections = two();
    change(&mut sections[1]);
    read_all(file(&sections)).expect_err("it is hostile")
}

fn layout(problem: LayoutProblem) -> PackError {
    PackError::Layout { section: "b".to_owned(), problem }
}

#[test]
fn an_honest_forgery_is_read() {
    read_all(file(&two())).expect("it is as a writer writes it");
}

#[test]
fn offsets_that_lie() {
    assert_eq!(with(|s| s.offset += 1), layout(LayoutProblem::Misaligned));
    assert_eq!(with(|s| s.offset -= 64), layout(LayoutProblem::Overlaps));
    assert_eq!(with(|s| s.offset = 0), layout(LayoutProblem::Overlaps));
    assert_eq!(with(|s| s.offset = u64::MAX - 63), layout(LayoutProblem::OutOfBounds));
    assert_eq!(with(|s| s.offset = 1 << 40), layout(LayoutProblem::OutOfBounds));
    let mut sections = two();
    sections[0].stored.resize(140, 0);
    sections[1].offset += 64;
    let gap = read_all(file(&sections)).expect_err("bytes that belong to nothing");
    assert_eq!(gap, layout(LayoutProblem::Gap));
}

#[test]
fn lengths_that_lie() {
    let both = |n: u64| with(|s| (s.stored_len, s.raw_len) = (n, n));
    assert_eq!(both(65), layout(LayoutProblem::OutOfBounds));
    assert_eq!(both(1 << 31), layout(LayoutProblem::OutOfBounds));
    assert!(matches!(both(u64::MAX), PackError::OverLimit { .. }));
    assert_eq!(with(|s| s.raw_len = 11), layout(LayoutProblem::LengthsDiffer));
    // Shorter than what is there: the rest must be zero, and the hash must be of what is left.
    assert!(matches!(both(9), PackError::Padding { .. }));
    assert!(matches!(with(|s| (s.codec, s.stored_len, s.raw_len) = (1, u64::MAX, 10)), PackError::Layout { .. }));
}

#[test]
fn sums_that_exceed_their_limit() {
    let mut sections = lay_out(vec![raw("a", &[]), raw("b", &[]), raw("c", &[]), raw("d", &[]), raw("e", &[])]);
    for s in &mut sections {
        (s.codec, s.raw_len, s.stored_len) = (1, limits::SECTION_RAW_BYTES_MAX, 1 << 23);
    }
    let error = Pack::open(file(&sections), &Limits::default()).expect_err("16 GiB are too much");
    assert!(error.to_string().contains("all sections"), "{error}");
}

#[test]
fn counts_that_lie() {
    let sections = two();
    assert_eq!(read_all(file_with(&sections, 1, 1)).expect_err("one hidden").code().to_string(), "AL0204");
    assert!(matches!(read_all(file_with(&sections, 1, 4096)), Err(PackError::TooShort { .. })));
    assert!(matches!(read_all(file_with(&sections, 1, 4097)), Err(PackError::OverLimit { .. })));
    assert!(matches!(read_all(file_with(&sections, 1, u32::MAX)), Err(PackError::OverLimit { .. })));
    for version in [0, 2, u32::MAX] {
        let error = read_all(file_with(&sections, version, 2)).expect_err("a later container");
        assert_eq!(error, PackError::ContainerVersion { found: version });
        assert!(error.hint().is_some_and(|h| h.contains("newer almanac")));
    }
    let mut hidden = file_with(&sections, 1, 1);
    forge::rehash(&mut hidden);
    assert!(read_all(hidden).is_err());
}

#[test]
fn names_that_lie() {
    let name = |n: [u8; 32]| match with(|s| s.name = n) {
        PackError::Name { problem, .. } => problem,
        other => panic!("{other:?}"),
    };
    assert_eq!(name(forge::name("a")), NameProblem::Duplicate);
    assert_eq!(name(forge::name("0")), NameProblem::Order);
    assert_eq!(name([0; 32]), NameProblem::Spelling);
    assert_eq!(name([0xff; 32]), NameProblem::Spelling);
    assert_eq!(name(forge::name("b\0c")), NameProblem::Spelling);
    assert_eq!(name(forge::name("../Etc")), NameProblem::Spelling);
}

#[test]
fn fields_that_do_not_exist() {
    let field = |e| match e {
        PackError::Encoding { field, .. } => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(with(|s| s.codec = 2)), "codec");
    assert_eq!(field(with(|s| s.codec = 255)), "codec");
    assert_eq!(field(with(|s| s.flags = 3)), "flags");
    assert_eq!(field(with(|s| s.reserved = 1)), "reserved");
}

#[test]
fn bombs_are_stopped_by_what_they_declare() {
    let zeros = ::zstd::bulk::compress(&vec![0; 32 << 20], 19).expect("it compresses");
    assert!(zeros.len() < 4096);
    let one = |raw_len| read_all(file(&lay_out(vec![zstd("a", &zeros, raw_len)]))).map(drop);
    // Declared small, holds much.
    assert!(matches!(one(10), Err(PackError::Decode { .. })));
    // Declared as large as it is: beyond what so small a section may ask for.
    assert!(matches!(one(32 << 20), Err(PackError::OverLimit { .. })));
    assert!(matches!(one(u64::MAX), Err(PackError::OverLimit { .. })));
    // Declared large, holds little.
    let little = ::zstd::bulk::compress(b"little", 3).expect("it compresses");
    let large = read_all(file(&lay_out(vec![zstd("a", &little, 1 << 20)])));
    assert!(matches!(large, Err(PackError::Decode { .. })));
}

#[test]
fn frames_that_hide_their_length_or_more_frames_are_refused() {
    use std::io::Write;
    let mut encoder = ::zstd::stream::Encoder::new(Vec::new(), 3).expect("an encoder");
    encoder.write_all(&[5; 1000]).expect("it writes");
    let unknown = encoder.finish().expect("a frame");
    let known = ::zstd::bulk::compress(&[5; 1000], 3).expect("it compresses");
    let skippable = [&known[..], &[0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]].concat();
    for stored in [unknown, [known.clone(), known].concat(), skippable, b"not zstd".to_vec(), vec![]] {
        for raw_len in [1000, 2000, 0] {
            let error = read_all(file(&lay_out(vec![zstd("a", &stored, raw_len)]))).map(drop);
            assert!(matches!(error, Err(PackError::Decode { .. })), "{error:?}");
        }
    }
}

#[test]
fn a_frame_with_a_huge_window_is_refused() {
    use std::io::Write;
    let mut encoder = ::zstd::stream::Encoder::new(Vec::new(), 1).expect("an encoder");
    encoder.window_log(27).expect("a window");
    encoder.include_contentsize(true).expect("a size");
    let raw: Vec<u8> = (0..(1u32 << 20)).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    encoder.set_pledged_src_size(Some(200 << 20)).expect("a size");
    for _ in 0..200 {
        encoder.write_all(&raw).expect("it writes");
    }
    let stored = encoder.finish().expect("a frame");
    let error = read_all(file(&lay_out(vec![zstd("a", &stored, 200 << 20)]))).map(drop);
    assert!(error.is_err());
}
