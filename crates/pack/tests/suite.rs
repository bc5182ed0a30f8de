//! The container seen from outside: what is written reads back, and nothing else is accepted.

#[path = "suite/damage.rs"]
mod damage;
#[path = "suite/forge.rs"]
mod forge;
#[path = "suite/golden.rs"]
mod golden;
#[path = "suite/hostile.rs"]
mod hostile;
#[path = "suite/round_trip.rs"]
mod round_trip;

use almanac_pack::{Codec, Limits, Pack, PackError, PackWriter, Required};
use proptest::test_runner::{Config as ProptestConfig, RngSeed};

/// A small file with every kind of section: raw, compressed, empty, optional, of several versions.
fn sample() -> Vec<u8> {
    let mut w = PackWriter::new();
    let numbers: Vec<u8> = (0..96u16).flat_map(|i| (i % 7).to_le_bytes()).collect();
    w.section("model/arrays", 3, Required::Yes, Codec::Zstd, numbers).expect("a section");
    w.section("card", 0, Required::No, Codec::Raw, "# a model").expect("a section");
    w.section("empty", 1, Required::No, Codec::Zstd, Vec::new()).expect("a section");
    w.manifest(0, &serde_json::json!({ "written_by": "almanac 0.1.0", "b": [1, 2.5], "a": null })).expect("a manifest");
    w.finish()
}

/// Opens a file and reads all of it, as a caller does who wants to be sure.
fn read_all(bytes: Vec<u8>) -> Result<Pack, PackError> {
    let pack = Pack::open(bytes, &Limits::default())?;
    pack.verify()?;
    Ok(pack)
}

/// The same cases on every run; a failure is reproduced by running again.
fn cases(n: u32) -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(20_261_124), failure_persistence: None, ..ProptestConfig::with_cases(n) }
}
