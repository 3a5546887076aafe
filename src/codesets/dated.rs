//! Something that is loaded for several stretches of time.

use jiff::civil::Date;

use crate::edition::{Edition, place_for};

/// Editions of one thing, by date.
#[derive(Debug)]
pub(crate) struct Dated<T> {
    editions: Vec<Edition>,
    all: Vec<T>,
}

impl<T> Default for Dated<T> {
    fn default() -> Self {
        Self { editions: Vec::new(), all: Vec::new() }
    }
}

impl<T> Dated<T> {
    /// Puts an edition in its place; one that begins on the same day is replaced.
    pub fn put(&mut self, edition: Edition, one: T) {
        let place = self.editions.partition_point(|known| known.from < edition.from);
        if self.editions.get(place).is_some_and(|known| known.from == edition.from) {
            self.editions.remove(place);
            self.all.remove(place);
        }
        self.editions.insert(place, edition);
        self.all.insert(place, one);
    }

    /// What is in force on a date. The newest stays in use after its days; of dates before the first edition
    /// nothing is known.
    pub fn on(&self, on: Date) -> Option<&T> {
        self.editions.first().filter(|first| first.from <= on)?;
        self.nearest(on)
    }

    /// What is in force on a date, or the first edition before it: for what says itself from when it holds,
    /// or is only read.
    pub fn nearest(&self, on: Date) -> Option<&T> {
        self.all.get(place_for(&self.editions, on))
    }
}
