//! What can be set of boosting.

use contract::params::range;

contract::params! {
    /// Parameters of gradient boosting.
    ///
    /// ```
    /// let mut p = almanac_train::tree::BoostParams::default();
    /// p.set("leaves", "63").expect("within its bounds");
    /// assert!(p.set("learning_rate", "0").is_err());
    /// ```
    pub struct BoostParams in "boost" {
        /// the most rounds; a round adds one tree, or one per class where there are more than two
        trees: usize = 200, range(1.0, 100_000.0);
        /// how much of each tree's answer is added
        learning_rate: f64 = 0.1, range(1e-6, 1.0);
        /// the most leaves of a tree, which grows where the gain is largest
        leaves: usize = 31, range(2.0, 32_768.0);
        /// the deepest a leaf may lie; 0 sets no limit
        depth: usize = 0, range(0.0, 1_000.0);
        /// the fewest rows of a leaf
        min_leaf_rows: usize = 20, range(1.0, 1e9);
        /// the smallest sum of hessians of a leaf
        min_leaf_hessian: f64 = 1e-3, range(0.0, 1e300);
        /// L2 penalty on the values of leaves
        l2: f64 = 0.0, range(0.0, 1e300);
        /// L1 penalty on the values of leaves
        l1: f64 = 0.0, range(0.0, 1e300);
        /// the smallest gain of a split
        min_gain: f64 = 0.0, range(0.0, 1e300);
        /// the most bins of a column, that of missing values included
        bins: usize = 255, range(3.0, 255.0);
        /// share of the rows that each round learns from, drawn without replacement
        subsample_rows: f64 = 1.0, range(1e-3, 1.0);
        /// share of the columns that each tree looks at
        subsample_columns: f64 = 1.0, range(1e-3, 1.0);
        /// rounds without a better validation loss before fitting stops; 0 uses every round. Needs validation rows
        early_stopping_rounds: usize = 50, range(0.0, 100_000.0);
        /// levels with a bin of their own per category column; the rarer ones share one
        max_cat_levels: usize = 253, range(1.0, 253.0);
        /// columns of at most this many levels are split one level against the rest
        one_hot_levels: usize = 4, range(0.0, 253.0);
        /// added to a level's hessian when levels are sorted; levels with fewer rows stay with the rest
        cat_smooth: f64 = 10.0, range(0.0, 1e300);
        /// L2 penalty, beside `l2`, of splits by sorted levels
        cat_l2: f64 = 10.0, range(0.0, 1e300);
        /// the most levels on the smaller side of a split by sorted levels
        max_cat_left: usize = 32, range(1.0, 253.0);
        /// rows between two candidate splits by sorted levels
        min_group_rows: usize = 100, range(1.0, 1e9);
    }
}
