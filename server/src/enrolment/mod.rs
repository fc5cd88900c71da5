//! Enrolment: a one-time link makes a browser or terminal a device of a person.

pub(crate) mod enrol;
pub(crate) mod preview;
