//! How much this crate holds in memory and how deep it goes.

/// Longest object that [`get`](crate::Store::get) reads into memory; longer ones are copied by
/// [`copy_to`](crate::Store::copy_to).
pub const OBJECT_IN_MEMORY_BYTES_MAX: u64 = 4 << 30;

/// Bytes read or written at a time.
pub const PIECE_BYTES: usize = 256 << 10;

/// Parts of a name under the root, such as `snapshots/<id>`.
pub const NAME_PARTS_MAX: usize = 4;

/// Characters of one part of a name.
pub const NAME_PART_CHARS_MAX: usize = 128;

/// Folders below a staged folder.
pub const STAGED_DEPTH_MAX: usize = 16;
