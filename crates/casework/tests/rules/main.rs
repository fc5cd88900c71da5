//! The rules of the work, by example and by property.

mod consent;
mod disclosure;
mod editing;
mod encoding;
mod input;
mod joining;
mod properties;
mod scenarios;
mod world;
