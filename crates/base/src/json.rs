//! Canonical JSON: object keys in code-point order, no white space, floats in shortest round-trip form.
//! Equal values give equal bytes, which is what content addresses and bundles need.

use serde::Serialize;
use serde_json::Value;

/// Serialises a value canonically.
///
/// # Errors
/// If the value has a map key that is not a string, or a float that is not finite (JSON has no form for either).
pub fn canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let mut value = serde_json::to_value(value)?;
    sort(&mut value);
    serde_json::to_vec(&value)
}

fn sort(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort),
        Value::Object(map) => {
            // serde_json's map keeps insertion order only with a feature that another crate may switch on.
            let mut entries: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            for (key, mut inner) in entries {
                sort(&mut inner);
                map.insert(key, inner);
            }
        }
        _ => {}
    }
}

/// Serde for an `f64` that may be NaN or infinite: finite as a number, else as `"NaN"`, `"inf"`, `"-inf"`.
pub mod any_f64 {
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes a float.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn serialize<S: Serializer>(x: &f64, s: S) -> Result<S::Ok, S::Error> {
        if x.is_finite() {
            s.serialize_f64(*x)
        } else if x.is_nan() {
            s.serialize_str("NaN")
        } else {
            s.serialize_str(if *x > 0.0 { "inf" } else { "-inf" })
        }
    }

    /// Reads a float.
    ///
    /// # Errors
    /// If the value is neither a number nor one of the three words.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(f64),
            Word(String),
        }
        match Form::deserialize(d)? {
            Form::Number(x) => Ok(x),
            Form::Word(w) => match w.as_str() {
                "NaN" => Ok(f64::NAN),
                "inf" => Ok(f64::INFINITY),
                "-inf" => Ok(f64::NEG_INFINITY),
                _ => Err(serde::de::Error::custom("expected a number, NaN, inf or -inf")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let text = r#"{"b":1,"a":{"z":[{"y":1,"x":0.1}],"c":null}}"#;
        let v: Value = serde_json::from_str(text).expect("JSON");
        let bytes = canonical(&v).expect("canonical");
        assert_eq!(String::from_utf8_lossy(&bytes), r#"{"a":{"c":null,"z":[{"x":0.1,"y":1}]},"b":1}"#);
    }
}
