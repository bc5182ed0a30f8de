//! Parameter tables: each hyper-parameter is declared once, with its default, bounds and meaning; validation, help,
//! documentation and the tuner read the declaration.

use std::fmt;

use base::finding::{nearest, quoted};
use base::{Code, Family, Fault};

/// Bounds of a numeric parameter, both ends included; `any()` for words and booleans.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Smallest allowed value.
    pub low: f64,
    /// Largest allowed value.
    pub high: f64,
}

/// No bounds.
pub const fn any() -> Bounds {
    Bounds { low: f64::NEG_INFINITY, high: f64::INFINITY }
}

/// From `low` to `high`, both included.
pub const fn range(low: f64, high: f64) -> Bounds {
    Bounds { low, high }
}

/// What is known of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamInfo {
    /// Name within its table: `trees`.
    pub name: &'static str,
    /// Type as people write it: `integer`, `number`, `true or false`, or the words that are allowed.
    pub form: String,
    /// Default, as people write it.
    pub default: String,
    /// Bounds of numeric values.
    pub bounds: Bounds,
    /// What it does.
    pub doc: &'static str,
}

/// A parameter could not be set.
#[derive(Debug, Clone, PartialEq)]
pub enum ParamError {
    /// No parameter has this name.
    Unknown {
        /// `boost`, …
        table: &'static str,
        /// The name that was used.
        name: String,
        /// The names there are.
        names: Vec<&'static str>,
    },
    /// No learner has this name.
    UnknownLearner {
        /// The name that was used.
        name: String,
        /// The names there are.
        names: &'static [&'static str],
    },
    /// A parameter was set in another form than `learner.parameter=value`, or of a learner that is not tried.
    NotTried {
        /// What was given.
        found: String,
        /// The learners that are tried.
        learners: Vec<String>,
    },
    /// The value cannot be read, or lies outside its bounds.
    Value {
        /// `boost`, …
        table: &'static str,
        /// Which parameter.
        name: &'static str,
        /// What was given.
        found: String,
        /// What was expected.
        expected: String,
    },
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { table, name, names } => {
                write!(f, "`{table}` has no parameter `{name}`")?;
                match nearest(name, names.iter().copied()) {
                    Some(near) => write!(f, "; the nearest name is `{table}.{near}`"),
                    None => Ok(()),
                }
            }
            Self::UnknownLearner { name, names } => {
                write!(f, "there is no learner {}", quoted(name))?;
                match nearest(name, names.iter().copied()) {
                    Some(near) => write!(f, "; the nearest name is `{near}`"),
                    None => Ok(()),
                }
            }
            Self::NotTried { found, learners } => {
                write!(f, "`--set {found}` sets no parameter of a learner that is tried ({})", learners.join(", "))
            }
            Self::Value { table, name, found, expected } => {
                write!(f, "`{table}.{name}` is {}, expected {expected}", quoted(found))
            }
        }
    }
}

impl std::error::Error for ParamError {}

impl Fault for ParamError {
    fn code(&self) -> Code {
        match self {
            Self::Unknown { .. } => Code(720),
            Self::Value { .. } => Code(721),
            Self::UnknownLearner { .. } => Code(722),
            Self::NotTried { .. } => Code(723),
        }
    }

    fn family(&self) -> Family {
        Family::Yours
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { table, names, .. } => {
                let all: Vec<String> = names.iter().map(|n| format!("{table}.{n}")).collect();
                Some(format!("the parameters are {}", all.join(", ")))
            }
            Self::UnknownLearner { names, .. } => Some(format!("the learners are {}", names.join(", "))),
            Self::NotTried { learners, .. } => {
                let first = learners.first().map_or("boost", String::as_str);
                Some(format!("write `learner.parameter=value`, with a learner that is tried, such as `{first}`"))
            }
            Self::Value { .. } => None,
        }
    }
}

/// A type that a parameter may have.
pub trait ParamValue: Sized {
    /// The type as people write it.
    fn form() -> String;
    /// Reads a value.
    fn read(text: &str) -> Option<Self>;
    /// Writes a value.
    fn show(&self) -> String;
    /// The value as a number, where it has bounds.
    fn number(&self) -> Option<f64>;
}

macro_rules! integer {
    ($($t:ty),+) => {$(
        impl ParamValue for $t {
            fn form() -> String {
                "integer".into()
            }
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
            fn show(&self) -> String {
                self.to_string()
            }
            fn number(&self) -> Option<f64> {
                Some(*self as f64)
            }
        }
    )+};
}
integer!(u8, u16, u32, u64, usize, i32, i64);

impl ParamValue for f64 {
    fn form() -> String {
        "number".into()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse::<f64>().ok().filter(|x| x.is_finite())
    }
    fn show(&self) -> String {
        self.to_string()
    }
    fn number(&self) -> Option<f64> {
        Some(*self)
    }
}

impl ParamValue for bool {
    fn form() -> String {
        "true or false".into()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn show(&self) -> String {
        self.to_string()
    }
    fn number(&self) -> Option<f64> {
        None
    }
}

/// Declares a closed set of words as a parameter type (and for serde).
///
/// ```
/// almanac_contract::words! {
///     /// Which way.
///     pub enum Way { Left = "left", Right = "right" }
/// }
/// use almanac_contract::ParamValue;
/// assert_eq!(Way::read("left"), Some(Way::Left));
/// ```
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        $vis enum $name {
            $($(#[$vmeta])* #[doc = concat!("`", $word, "`")] #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every word.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word as it is written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl $crate::ParamValue for $name {
            fn form() -> String {
                Self::WORDS.join(" | ")
            }
            fn read(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)+ _ => None }
            }
            fn show(&self) -> String {
                self.as_str().to_owned()
            }
            fn number(&self) -> Option<f64> {
                None
            }
        }
    };
}

/// Declares a table of parameters: a struct with defaults, serde (unknown keys refused), `set` by name, `check`, and
/// the description `table()`.
///
/// ```
/// use almanac_contract::params::range;
/// almanac_contract::params! {
///     /// Parameters of an example.
///     pub struct ExampleParams in "example" {
///         /// How many.
///         count: usize = 3, range(1.0, 10.0);
///         /// How fast.
///         rate: f64 = 0.1, range(0.0, 1.0);
///     }
/// }
/// let mut p = ExampleParams::default();
/// p.set("count", "7").expect("in range");
/// assert_eq!(p.count, 7);
/// assert!(p.set("cuont", "7").is_err());
/// assert!(p.set("rate", "2").is_err());
/// ```
#[macro_export]
macro_rules! params {
    ($(#[$meta:meta])* $vis:vis struct $name:ident in $table:literal {
        $($(#[doc = $doc:literal])+ $field:ident : $ty:ty = $default:expr, $bounds:expr;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        $vis struct $name {
            $($(#[doc = $doc])+ pub $field: $ty,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $name {
            /// Name of the table: the part before the dot in `--set`.
            pub const TABLE: &'static str = $table;

            /// Every parameter, in order.
            pub fn table() -> Vec<$crate::ParamInfo> {
                let d = Self::default();
                vec![$($crate::ParamInfo {
                    name: stringify!($field),
                    form: <$ty as $crate::ParamValue>::form(),
                    default: $crate::ParamValue::show(&d.$field),
                    bounds: $bounds,
                    doc: concat!($($doc),+).trim_ascii(),
                },)+]
            }

            /// Sets a parameter by name.
            ///
            /// # Errors
            /// If there is no such parameter, or the value cannot be read or lies outside its bounds.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), $crate::ParamError> {
                match name {
                    $(stringify!($field) => {
                        let read = <$ty as $crate::ParamValue>::read(value);
                        self.$field = $crate::params::bounded($table, stringify!($field), read, value, $bounds)?;
                        Ok(())
                    })+
                    _ => Err($crate::ParamError::Unknown {
                        table: $table,
                        name: name.to_owned(),
                        names: vec![$(stringify!($field)),+],
                    }),
                }
            }

            /// Checks every parameter against its bounds (values may have come from a file).
            ///
            /// # Errors
            /// The first parameter that lies outside.
            pub fn check(&self) -> Result<(), $crate::ParamError> {
                $({
                    let shown = $crate::ParamValue::show(&self.$field);
                    $crate::params::bounded($table, stringify!($field), Some(self.$field.clone()), &shown, $bounds)?;
                })+
                Ok(())
            }
        }
    };
}

/// A value if it could be read and lies within its bounds. For [`params!`](crate::params!).
///
/// # Errors
/// [`ParamError::Value`].
pub fn bounded<T: ParamValue>(
    table: &'static str,
    name: &'static str,
    value: Option<T>,
    text: &str,
    bounds: Bounds,
) -> Result<T, ParamError> {
    let inside = |v: &T| v.number().is_none_or(|x| x >= bounds.low && x <= bounds.high);
    value.filter(inside).ok_or_else(|| ParamError::Value {
        table,
        name,
        found: text.to_owned(),
        expected: if bounds == any() {
            T::form()
        } else {
            format!("{} from {} to {}", T::form(), bounds.low, bounds.high)
        },
    })
}
