//! End-to-end tests of perch.
