//! perch.
