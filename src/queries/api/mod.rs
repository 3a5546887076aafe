//! The JSON doors of this room.

pub(crate) mod board;
pub(crate) mod desk;
pub(crate) mod facility;
pub(crate) mod provider;
