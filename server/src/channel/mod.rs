//! Household channels: opening one, messages, changes of the group, welcomes.

pub(crate) mod append;
pub(crate) mod commit;
pub(crate) mod create;
pub(crate) mod member;
pub(crate) mod outcome;
pub(crate) mod publish;
mod records;
pub(crate) mod welcomes;
