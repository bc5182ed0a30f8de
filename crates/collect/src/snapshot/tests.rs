//! Tests of snapshots as a whole: identity, verification, export.

use std::fs;
use std::path::{Path, PathBuf};

use base::{Code, Cx, Fault};
use table::Kind;

use super::{Added, add, codes, export, list, open, show};
use crate::{BadRows, ReadOptions};

const CSV: &str = "id,day,price,note,missing,ok\n1,2024-01-31,0.5,\"a, \"\"b\"\"\",,true\n2,2024-02-01,3.0,x,,false\n\
                   3,,1e300,,,true\n";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join(".almanac")
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path
    }

    fn add(&self, path: &Path) -> Added {
        self.add_with(path, &ReadOptions::default())
    }

    fn add_with(&self, path: &Path, options: &ReadOptions) -> Added {
        add(&Cx::new(0, 2), &self.root(), &[path.display().to_string()], options).expect("a snapshot")
    }
}

#[test]
fn the_same_values_are_the_same_snapshot_in_every_form() {
    let place = Place::new();
    let first = place.add(&place.file("t.csv", CSV));
    assert!(first.is_new);
    assert_eq!(first.manifest.n_rows, 3);
    let id = first.manifest.id.to_hex();
    for ending in ["parquet", "arrow", "csv", "tsv.gz", "csv.zst"] {
        let path = place.folder.path().join(format!("back.{ending}"));
        export(&Cx::new(0, 2), &place.root(), &id[..12], &path).expect(ending);
        let again = place.add(&path);
        assert_eq!(again.manifest.id.to_hex(), id, "{ending}");
        assert!(!again.is_new);
        assert_eq!(again.findings.counts()[&codes::ALREADY_THERE], 1);
    }
    // The order of rows, a value, a name and a said kind are part of the data; the file's name is not.
    assert!(!place.add(&place.file("other.csv", CSV)).is_new);
    assert!(place.add(&place.file("u.csv", CSV.replace("price", "cost"))).is_new);
    assert!(place.add(&place.file("v.csv", CSV.replace("0.5", "0.25"))).is_new);
    let mut said = ReadOptions::default();
    said.answers.kinds.insert("id".into(), Kind::Identifier);
    assert!(place.add_with(&place.folder.path().join("t.csv"), &said).is_new);
    assert_eq!(list(&place.root()).expect("listed").manifests.len(), 4);
}

#[test]
fn instants_and_local_times_are_two_snapshots_whatever_came_first() {
    let text = "t,n\n2024-01-01T10:00:00Z,1\n2024-06-01T10:00:00.5Z,2\n";
    for zoned_first in [true, false] {
        let place = Place::new();
        let (zoned, local) = (place.file("zoned.csv", text), place.file("local.csv", text.replace('Z', "")));
        let order = if zoned_first { [&zoned, &local] } else { [&local, &zoned] };
        let ids = order.map(|path| {
            let added = place.add(path);
            assert!(added.is_new);
            added.manifest.id.to_hex()
        });
        for (path, id) in order.iter().zip(&ids) {
            for ending in ["csv", "parquet", "arrow"] {
                let back = place.folder.path().join(format!("back.{ending}"));
                export(&Cx::new(0, 1), &place.root(), id, &back).expect(ending);
                assert_eq!(place.add(&back).manifest.id.to_hex(), *id, "{ending}");
            }
            export(&Cx::new(0, 1), &place.root(), id, &place.folder.path().join("back.csv")).expect("exported");
            let back = fs::read_to_string(place.folder.path().join("back.csv")).expect("read");
            assert_eq!(back.contains('Z'), fs::read_to_string(path).expect("read").contains('Z'));
        }
        let both = ["zoned", "local"].map(|name| {
            let path = place.folder.path().join(format!("{name}.parquet"));
            let id = &ids[usize::from((name == "zoned") != zoned_first)];
            export(&Cx::new(0, 1), &place.root(), id, &path).expect("exported");
            path.display().to_string()
        });
        let e = add(&Cx::new(0, 1), &place.root(), &both, &ReadOptions::default()).expect_err("they do not mix");
        assert!(e.to_string().contains("instants"), "{e}");
    }
}

#[test]
fn rows_set_aside_are_not_lost_without_a_word() {
    let place = Place::new();
    let set_aside = ReadOptions { bad_rows: BadRows::Quarantine, ..ReadOptions::default() };
    place.add(&place.file("good.csv", "a,b\n1,x\n"));
    let added = place.add_with(&place.file("bad.csv", "a,b\n1,x\n2,y,z\n"), &set_aside);
    assert!(!added.is_new);
    assert_eq!(added.findings.counts()[&codes::ASIDE_NOT_KEPT], 1);
}

#[cfg(unix)]
#[test]
fn a_glob_does_not_pass_over_a_name_that_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    place.file("m1.csv", "a\n1\n");
    let odd = std::ffi::OsStr::from_bytes(b"m\xfc2.csv");
    fs::write(place.folder.path().join(odd), "a\n2\n").expect("a file");
    let pattern = place.folder.path().join("*.csv").display().to_string();
    let e = add(&Cx::new(0, 1), &place.root(), &[pattern], &ReadOptions::default()).expect_err("refused");
    assert!(e.to_string().contains("UTF-8"), "{e}");
}

#[test]
fn an_opened_snapshot_has_the_cells_of_its_source() {
    let place = Place::new();
    let added = place.add(&place.file("t.csv", CSV));
    let id = added.manifest.id.to_hex();
    let (table, manifest) = open(&Cx::new(0, 1), &place.root(), &id).expect("it opens");
    assert_eq!(table.n_rows(), 3);
    assert_eq!(manifest, show(&place.root(), &id[..8]).expect("shown"));
    let read = crate::read(
        &Cx::new(0, 1),
        &[place.folder.path().join("t.csv").display().to_string()],
        &ReadOptions::default(),
    )
    .expect("it reads");
    for (a, b) in table.columns().iter().zip(read.table.columns()) {
        assert_eq!(a.field().name, b.field().name);
        assert_eq!(a.field().dtype, b.field().dtype, "{}", a.field().name);
        for row in 0..3 {
            assert_eq!(a.cell(row), b.cell(row), "{} {row}", a.field().name);
        }
    }
    assert_eq!(manifest.proposals.len(), 6);
    assert_eq!(manifest.proposals, read.proposals);
    assert_eq!(manifest.sources[0].n_bytes, CSV.len() as u64);
    assert!(manifest.sources[0].sha256.is_some());
}

#[test]
fn any_flipped_bit_is_noticed() {
    let place = Place::new();
    let added = place.add(&place.file("t.csv", CSV));
    let id = added.manifest.id.to_hex();
    let cx = Cx::new(0, 1);
    for file in ["part-00000.parquet", "manifest.json"] {
        let path = added.folder.join(file);
        let whole = fs::read(&path).expect("bytes");
        for at in (0..whole.len()).step_by((whole.len() / 97).max(1)) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            fs::write(&path, &flipped).expect("written");
            let e = open(&cx, &place.root(), &id).expect_err(file);
            assert!(e.to_string().contains(file), "{file} {at}: {e}");
            assert!(matches!(e.code(), Code(882 | 883)), "{file} {at}: {e}");
        }
        fs::write(&path, &whole).expect("written");
    }
    fs::remove_file(added.folder.join("part-00000.parquet")).expect("removed");
    let e = open(&cx, &place.root(), &id).expect_err("a part is gone");
    assert_eq!(e.code(), Code(882));
}

#[test]
fn ids_are_found_by_their_beginning() {
    let place = Place::new();
    assert!(list(&place.root()).expect("no store is no snapshot").manifests.is_empty());
    assert_eq!(show(&place.root(), "00").expect_err("none").code(), Code(880));
    for i in 0..20 {
        place.add(&place.file("t.csv", format!("x\n{i}\n")));
    }
    let listed = list(&place.root()).expect("listed");
    assert_eq!(listed.manifests.len(), 20);
    let first: String = listed.manifests[0].id.to_hex();
    assert_eq!(show(&place.root(), &first).expect("whole").id, listed.manifests[0].id);
    // Twenty ids begin with sixteen digits.
    let e = ('0'..='9')
        .chain('a'..='f')
        .find_map(|c| show(&place.root(), &c.to_string()).err().filter(|e| e.code() == Code(881)));
    assert!(e.is_some_and(|e| e.hint().is_some()));
    assert_eq!(show(&place.root(), "").expect_err("empty").code(), Code(880));
    assert_eq!(show(&place.root(), "../x").expect_err("a path").code(), Code(880));
}

#[test]
fn threads_do_not_change_a_byte() {
    let mut text = String::from("i,level,late\n");
    for i in 0..150_000 {
        let late = if i == 149_000 { "x".into() } else { (i % 50).to_string() };
        text.push_str(&format!("{i},level {},{late}\n", i % 17));
    }
    let place = Place::new();
    let path = place.file("t.csv", &text).display().to_string();
    let with = |threads: usize| {
        let root = place.folder.path().join(format!("store{threads}"));
        let added =
            add(&Cx::new(0, threads), &root, std::slice::from_ref(&path), &ReadOptions::default()).expect("added");
        (fs::read(added.folder.join("manifest.json")).expect("a manifest"), added.manifest.parts)
    };
    let one = with(1);
    assert!(one == with(2));
    assert!(one == with(7));
}

#[test]
fn rows_set_aside_stand_beside_the_parts() {
    let place = Place::new();
    let options = ReadOptions { bad_rows: BadRows::Quarantine, ..ReadOptions::default() };
    let added = place.add_with(&place.file("t.csv", "a,b\n1,2\n3\n4,5\n6,7,8\n"), &options);
    assert_eq!(added.manifest.n_rows, 2);
    assert_eq!(added.manifest.quarantine.iter().map(|p| p.n_rows).sum::<u64>(), 2);
    assert!(added.folder.join(&added.manifest.quarantine[0].name).is_file());
}
