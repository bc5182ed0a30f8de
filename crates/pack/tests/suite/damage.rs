//! Accidents: flipped bits, cut and lengthened files. None is accepted, none panics.

use almanac_pack::PackError;
use base::Fault;
use proptest::prelude::*;

use crate::{forge, read_all, sample};

#[test]
fn every_flipped_bit_is_an_error() {
    let good = sample();
    for i in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[i] ^= 1 << bit;
            assert!(read_all(bad).is_err(), "bit {bit} of byte {i} was not noticed");
        }
    }
}

#[test]
fn a_flipped_bit_is_named_for_what_it_hits() {
    let code = |at: usize| {
        let mut bad = sample();
        let at = if at == usize::MAX { bad.len() - 1 } else { at };
        bad[at] ^= 1;
        read_all(bad).expect_err("it is damaged").code().to_string()
    };
    assert_eq!(code(0), "AL0201"); // magic
    assert_eq!(code(8), "AL0203"); // container version
    assert_eq!(code(20), "AL0204"); // a name in the table
    assert_eq!(code(16 + 4 * 96), "AL0211"); // padding after the table
    assert_eq!(code(448), "AL0209"); // the first section
    assert_eq!(code(usize::MAX), "AL0204"); // the table's hash
}

#[test]
fn every_truncation_is_an_error() {
    let good = sample();
    for len in 0..good.len() {
        let error = read_all(good[..len].to_vec()).expect_err("it is cut");
        let told = matches!(error, PackError::TooShort { .. }) || (len == 0 && error == PackError::NotAlmanac);
        assert!(told, "cut to {len}: {error:?}");
    }
}

#[test]
fn every_lengthening_is_an_error() {
    for n in [1usize, 31, 32, 63, 64, 1000] {
        for fill in [0u8, 0xff] {
            let mut bad = sample();
            bad.resize(bad.len() + n, fill);
            assert_eq!(read_all(bad).err(), Some(PackError::TrailingBytes { n_bytes: n as u64 }));
        }
    }
}

#[test]
fn a_file_of_something_else_is_not_almanac() {
    for other in
        [&b""[..], b"a,b\n1,2\n", b"PK\x03\x04", b"almanac\0", b"ALMANAC\n0000000000000000000000000000000000000"]
    {
        assert_eq!(read_all(other.to_vec()).err(), Some(PackError::NotAlmanac));
    }
}

proptest! {
    #![proptest_config(crate::cases(2_000))]

    #[test]
    fn random_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400), count in 0u32..4, seal: bool) {
        if bytes.len() >= 16 {
            bytes[..8].copy_from_slice(b"ALMANAC\0");
            bytes[8..12].copy_from_slice(&1u32.to_le_bytes());
            bytes[12..16].copy_from_slice(&count.to_le_bytes());
        }
        if seal {
            forge::rehash(&mut bytes);
        }
        if let Ok(pack) = read_all(bytes) {
            prop_assert_eq!(pack.sections().count(), 0);
        }
    }

    /// Edits of a good file with the table's hash made right again: read or refused, never a panic; and what is
    /// read differs from the original only where the table says so.
    #[test]
    fn sealed_edits_never_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = sample();
        for (at, value) in edits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        forge::rehash(&mut bytes);
        if let Ok(pack) = read_all(bytes) {
            for section in pack.sections() {
                prop_assert_eq!(section.bytes().expect("it was verified").len() as u64, section.raw_len());
            }
        }
    }

    #[test]
    fn spliced_files_never_panic(
        from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), n in 0usize..200,
    ) {
        let mut bytes = sample();
        let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
        let n = n.min(bytes.len() - from.max(to));
        bytes.copy_within(from..from + n, to);
        forge::rehash(&mut bytes);
        let _ = read_all(bytes);
    }

    /// Damage inside a zstd frame under a right hash: what the decoder gives has the declared length.
    #[test]
    fn edited_frames_never_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let text: Vec<u8> = (0..3_000u32).map(|i| b"almanac"[i as usize % 7] + (i / 700) as u8).collect();
        let mut frame = zstd::bulk::compress(&text, 9).expect("it compresses");
        for (at, value) in edits {
            let at = at.index(frame.len());
            frame[at] = value;
        }
        let file = forge::file(&forge::lay_out(vec![forge::zstd("a", &frame, 3_000)]));
        if let Ok(pack) = read_all(file) {
            prop_assert_eq!(pack.section("a").expect("it is there").bytes().expect("it was verified").len(), 3_000);
        }
    }
}
