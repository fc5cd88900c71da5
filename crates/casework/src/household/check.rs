//! What stands in the way of an event.

use super::{Context, Household};
use crate::{block::Block, event::Event};

/// Every rule that `event` breaks at this place.
pub(super) fn event(_household: &Household, _ctx: &Context, _event: &Event) -> Vec<Block> {
    Vec::new()
}
