//! Organisations of the region.

pub(crate) mod open;
