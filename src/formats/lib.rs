//! Bytes from outside and bytes for outside: pure, total, limited. Nothing here panics on any input.

pub mod chart_assign;
pub mod codes;
pub mod guideline;
pub mod msdrg;
pub mod pages;
pub mod table;
pub mod text;
