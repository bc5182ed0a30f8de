//! Binned rows: one byte a value, in tiles of up to sixteen features side by side, row after row.
//!
//! A row of a tile lies in one cache line, and the histograms of a tile's features fit into the nearest cache
//! (16 × 256 × 8 bytes). Features that have one bin only are left out: nothing can split them.

use base::Cx;
use table::{Matrix, MatrixData};

use super::columns::{Bins, ByColumn, Columns, Feature};

/// The most features of a tile.
pub(crate) const WIDTH_MAX: usize = 16;
/// Rows per piece of work.
const ROWS_PER_TASK: usize = 8_192;

/// Features side by side.
#[derive(Debug)]
pub(crate) struct Tile {
    /// Feature of each lane.
    pub features: Vec<usize>,
    /// `n_rows × features.len()`, row-major.
    pub bytes: Vec<u8>,
}

impl Tile {
    /// Features per row.
    pub(crate) fn width(&self) -> usize {
        self.features.len()
    }
}

/// All features of some rows.
#[derive(Debug)]
pub(crate) struct Tiles {
    pub n_rows: usize,
    pub tiles: Vec<Tile>,
    /// Tile and lane of each feature; `None` for those left out.
    places: Vec<Option<(u32, u32)>>,
}

impl Tiles {
    /// Bins every row of a matrix that has the form of `columns`.
    pub(crate) fn new(cx: &Cx, columns: &Columns, x: &Matrix) -> Self {
        let active: Vec<usize> = (0..columns.features.len()).filter(|&f| columns.features[f].n_slots() > 1).collect();
        let n_tiles = active.len().div_ceil(WIDTH_MAX);
        let mut places = vec![None; columns.features.len()];
        let mut tiles = Vec::with_capacity(n_tiles);
        let sparse: Vec<Option<ByColumn>> = x
            .columns
            .iter()
            .map(|c| if let MatrixData::Sparse(s) = &c.data { Some(ByColumn::new(s)) } else { None })
            .collect();
        for t in 0..n_tiles {
            // As even as possible: 28 features are two tiles of 14.
            let features = active[t * active.len() / n_tiles..(t + 1) * active.len() / n_tiles].to_vec();
            for (lane, &f) in features.iter().enumerate() {
                places[f] = Some((t as u32, lane as u32));
            }
            let width = features.len();
            let mut bytes = vec![0u8; x.n_rows * width];
            cx.for_chunks(&mut bytes, ROWS_PER_TASK * width, |task, chunk| {
                let from = task * ROWS_PER_TASK;
                for (lane, &f) in features.iter().enumerate() {
                    let feature = &columns.features[f];
                    let column = &x.columns[feature.column].data;
                    fill(feature, column, sparse[feature.column].as_ref(), from, lane, width, chunk);
                }
            });
            tiles.push(Tile { features, bytes });
        }
        Self { n_rows: x.n_rows, tiles, places }
    }

    /// Tile and lane of a feature that trees may split.
    #[inline]
    pub(crate) fn place(&self, feature: usize) -> Option<(&Tile, usize)> {
        self.places[feature].map(|(tile, lane)| (&self.tiles[tile as usize], lane as usize))
    }
}

/// Bins one feature of the rows from `from` on into its lane.
fn fill(
    feature: &Feature,
    column: &MatrixData,
    sparse: Option<&ByColumn>,
    from: usize,
    lane: usize,
    width: usize,
    chunk: &mut [u8],
) {
    let missing = feature.n_values() as u8;
    let n_rows = chunk.len() / width;
    let lanes = chunk[lane..].iter_mut().step_by(width);
    match (column, &feature.bins) {
        (MatrixData::Dense(values), Bins::Number(bounds)) => {
            for (byte, v) in lanes.zip(&values[from..from + n_rows]) {
                *byte = if v.is_nan() { missing } else { bounds.bin(*v) };
            }
        }
        (MatrixData::Codes { codes, .. }, Bins::Levels(levels)) => {
            for (byte, code) in lanes.zip(&codes[from..from + n_rows]) {
                *byte = levels.bin(*code);
            }
        }
        (MatrixData::Sparse(_), Bins::Number(bounds)) => {
            let zero = bounds.bin(0.0);
            lanes.for_each(|byte| *byte = zero);
            let Some((rows, values)) = sparse.map(|s| s.column(feature.within)) else { return };
            let start = rows.partition_point(|&r| (r as usize) < from);
            for (&r, &v) in rows[start..].iter().zip(&values[start..]) {
                let Some(byte) = chunk.get_mut((r as usize - from) * width + lane) else { break };
                *byte = if v.is_nan() { missing } else { bounds.bin(v) };
            }
        }
        _ => {}
    }
}
