//! The world in memory, for native tests: a clock moved by hand, entropy that repeats itself, storage in maps, and objects that
//! run the same machines as the platform's shells. It can never ship: the module does not exist on wasm32.

mod arrival;
mod kv;
mod objects;
mod platform;
mod records;

pub use arrival::MemoryArrival;
pub use kv::MemoryKv;
pub use objects::MemoryObjects;
pub use platform::{HandClock, MemoryLog, MemoryQueue, OpenGate, SeededEntropy, TokioBackground, YieldTimer};
pub use records::MemoryRecords;
