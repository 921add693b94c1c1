//! A tweet, from the body a caller sends to the draft that X will take.

mod measure;

pub use measure::TextMeasure;
