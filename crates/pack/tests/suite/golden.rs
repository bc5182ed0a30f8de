//! The promise of container version 1: a file that was written once is read for ever, and today's writer still
//! writes it byte for byte.
//!
//! `ALMANAC_BLESS=1 cargo test -p almanac-pack golden` writes the file anew: only ever done for a container version
//! that no release has written.

use std::path::PathBuf;

use almanac_pack::{Codec, PackWriter, Required};

use crate::read_all;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/container-v1.almanac-pack")
}

fn pattern(n: u32) -> Vec<u8> {
    (0..n).flat_map(|i| (f64::from(i % 13) * 0.25).to_le_bytes()).collect()
}

fn write() -> Vec<u8> {
    let mut w = PackWriter::new();
    w.manifest(0, &serde_json::json!({ "written_by": "almanac 0.1.0", "note": "golden file of container version 1" }))
        .expect("a manifest");
    w.section("arrays/f64", 2, Required::Yes, Codec::Zstd, pattern(500)).expect("a section");
    w.section("arrays/raw", 0, Required::Yes, Codec::Raw, pattern(9)).expect("a section");
    w.section("card.md", 7, Required::No, Codec::Raw, "# Card\n").expect("a section");
    w.section("none", u32::MAX, Required::No, Codec::Raw, Vec::new()).expect("a section");
    w.finish()
}

#[test]
fn golden_container_v1_is_written_as_it_was() {
    if std::env::var_os("ALMANAC_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(path(), write()).expect("the golden file is written");
    }
    let golden = std::fs::read(path()).expect("the golden file is in the repository");
    assert!(golden == write(), "today's writer writes container version 1 differently: a new version is needed");
}

#[test]
fn golden_container_v1_is_read() {
    let pack = read_all(std::fs::read(path()).expect("the golden file is in the repository")).expect("it reads");
    assert_eq!(pack.written_by().as_deref(), Some("almanac 0.1.0"));
    let section = |name: &str, version| pack.require(name, &[version]).expect("it is there");
    assert_eq!(section("arrays/f64", 2).codec(), Codec::Zstd);
    assert_eq!(&*section("arrays/f64", 2).bytes().expect("it decodes"), &pattern(500)[..]);
    assert_eq!(&*section("arrays/raw", 0).bytes().expect("it reads"), &pattern(9)[..]);
    assert_eq!(&*section("card.md", 7).bytes().expect("it reads"), b"# Card\n");
    assert_eq!(section("card.md", 7).required(), Required::No);
    assert_eq!(section("none", u32::MAX).raw_len(), 0);
}
