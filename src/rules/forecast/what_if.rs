//! The same world with other people, other hours or another volume.

use super::World;

/// People that a what-if adds, at most.
pub const ADDED_PEOPLE_MAX: i32 = 1_000;
/// How far a what-if changes the volume.
pub const VOLUME_PERCENT_MAX: u32 = 1_000;
/// Minutes that a what-if adds to each shift, or takes from it, at most.
pub const SHIFT_MINUTES_MAX: i32 = 12 * 60;

/// What is to be different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Arrivals in percent of what is expected.
    pub volume_percent: u32,
    /// People more (or fewer, below zero) in a country, who work and may do what its people do.
    pub people: Vec<(String, i32)>,
    /// Minutes added to the end of every shift, or taken from it.
    pub shift_minutes: i32,
}

impl Default for Change {
    fn default() -> Self {
        Self { volume_percent: 100, people: Vec::new(), shift_minutes: 0 }
    }
}

/// Why a change cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeError {
    /// More than [`VOLUME_PERCENT_MAX`].
    Volume,
    /// More than [`ADDED_PEOPLE_MAX`] people, or as many fewer.
    People,
    /// More than [`SHIFT_MINUTES_MAX`], or as much less.
    Minutes,
    /// Nobody works there, so that it is not known when people there work and what they may do.
    NobodyThere(String),
}

impl std::fmt::Display for ChangeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Volume => write!(f, "the volume is at most {VOLUME_PERCENT_MAX} percent"),
            Self::People => write!(f, "at most {ADDED_PEOPLE_MAX} people more or fewer"),
            Self::Minutes => write!(f, "shifts change by at most {SHIFT_MINUTES_MAX} minutes"),
            Self::NobodyThere(country) => write!(f, "nobody works in {country} in these days"),
        }
    }
}

impl std::error::Error for ChangeError {}

impl World {
    /// The world with a change made to it.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub fn with(&self, change: &Change) -> Result<Self, ChangeError> {
        if change.volume_percent > VOLUME_PERCENT_MAX {
            return Err(ChangeError::Volume);
        }
        if change.shift_minutes.abs() > SHIFT_MINUTES_MAX {
            return Err(ChangeError::Minutes);
        }
        let mut world = self.clone();
        let factor = f64::from(change.volume_percent) / 100.0;
        for hour in world.queues.iter_mut().flat_map(|queue| &mut queue.arrivals) {
            hour.charts *= factor;
        }
        for (country, more) in &change.people {
            world.change_people(country, *more)?;
        }
        for worker in &mut world.workers {
            lengthen(&mut worker.shifts, i64::from(change.shift_minutes) * 60);
        }
        Ok(world)
    }

    fn change_people(&mut self, country: &str, more: i32) -> Result<(), ChangeError> {
        if more.abs() > ADDED_PEOPLE_MAX {
            return Err(ChangeError::People);
        }
        let there: Vec<usize> = (0..self.workers.len())
            .filter(|place| self.workers.get(*place).is_some_and(|it| it.country == country))
            .collect();
        if there.is_empty() && more != 0 {
            return Err(ChangeError::NobodyThere(country.to_owned()));
        }
        let many = usize::try_from(more.unsigned_abs()).unwrap_or(usize::MAX);
        if more < 0 {
            // Whoever leaves gives back what they hold.
            for place in there.into_iter().rev().take(many) {
                let gone = self.workers.remove(place);
                self.waiting.extend(gone.held);
            }
            return Ok(());
        }
        for place in there.iter().cycle().take(many) {
            if let Some(like) = self.workers.get(*place).cloned() {
                self.workers.push(super::Worker { person: None, held: Vec::new(), ..like });
            }
        }
        Ok(())
    }
}

/// Moves the end of each shift, but not into the next one and not before its beginning.
fn lengthen(shifts: &mut Vec<(i64, i64)>, seconds: i64) {
    let nexts: Vec<i64> =
        shifts.iter().skip(1).map(|(from, _)| *from).chain(std::iter::once(i64::MAX)).collect();
    for ((from, to), next) in shifts.iter_mut().zip(nexts) {
        *to = to.saturating_add(seconds).min(next).max(*from);
    }
    shifts.retain(|(from, to)| from < to);
}
