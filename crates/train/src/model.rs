//! What learners learn: the closed list of models that a bundle may hold, and the codec of each.

use base::Cx;
use contract::{FitError, Predict, Predictions};
use table::Matrix;

use crate::decode::DecodeError;
use crate::dummy::DummyModel;
use crate::linear::LinearModel;
use crate::tree::BoostModel;

/// Declares the list once: variant, model, the kind that its bytes are stored under.
macro_rules! models {
    ($($(#[doc = $doc:literal])+ $variant:ident($model:ident) = $kind:literal),+ $(,)?) => {
        /// A learned model.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Model {
            $($(#[doc = $doc])+ $variant($model)),+
        }

        impl Model {
            /// Every kind, as [`Model::encode`] names it.
            pub const KINDS: &'static [&'static str] = &[$($kind),+];

            /// The kind that the model's bytes are stored under, and the bytes: equal models give equal bytes.
            pub fn encode(&self) -> (&'static str, Vec<u8>) {
                match self {
                    $(Self::$variant(m) => ($kind, m.encode())),+
                }
            }

            /// Reads a model of a kind. Never panics, and allocates no more than a small multiple of the bytes.
            ///
            /// # Errors
            /// [`DecodeError`] for an unknown kind and for anything that [`Model::encode`] does not write.
            pub fn decode(kind: &str, bytes: &[u8]) -> Result<Self, DecodeError> {
                match kind {
                    $($kind => $model::decode(bytes).map(Self::$variant),)+
                    _ => Err(DecodeError::UnknownKind { kind: kind.to_owned(), kinds: Self::KINDS.to_vec() }),
                }
            }

            fn as_predict(&self) -> &dyn Predict {
                match self {
                    $(Self::$variant(m) => m),+
                }
            }
        }
    };
}

models! {
    /// The same for every row.
    Dummy(DummyModel) = "dummy",
    /// Coefficients.
    Linear(LinearModel) = "linear",
    /// Trees.
    Boost(BoostModel) = "boost",
}

impl Model {
    /// Whether fitting came to its end: false for a linear model that stopped at the most iterations.
    pub fn converged(&self) -> bool {
        match self {
            Self::Linear(m) => m.converged(),
            Self::Dummy(_) | Self::Boost(_) => true,
        }
    }
}

impl Predict for Model {
    fn n_columns(&self) -> usize {
        self.as_predict().n_columns()
    }

    fn n_outputs(&self) -> usize {
        self.as_predict().n_outputs()
    }

    fn predict(&self, cx: &Cx, x: &Matrix) -> Result<Predictions, FitError> {
        self.as_predict().predict(cx, x)
    }
}

/// Checks that a matrix has as many columns as a model was fitted on.
pub(crate) fn check_n_columns(expected: usize, x: &Matrix) -> Result<(), FitError> {
    if x.columns.len() == expected {
        Ok(())
    } else {
        let found = x.columns.len();
        Err(FitError::Broken { what: format!("the model was fitted on {expected} columns and is given {found}") })
    }
}
