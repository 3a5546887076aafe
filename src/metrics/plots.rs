//! Plots as inline SVG: where everything lies, worked out here; drawn by the templates beside it.
//!
//! Colours are classes, so that they follow the theme. Every plot has its numbers in a table below it.

mod ages;
mod coders;
mod days;

pub(crate) use ages::AgesPlot;
pub(crate) use coders::CodersPlot;
pub(crate) use days::{BarsPlot, LinesPlot};

use std::fmt;

/// A length or place in the plot's own units, to a tenth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Px(pub f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.0)
    }
}

/// A line of the grid with its number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub at: Px,
    pub label: String,
}

/// Lines of the grid, at most.
const STEPS_MAX: u32 = 4;

/// The smallest of 1, 2, 5, 10, 20 … that needs at most [`STEPS_MAX`] steps to reach `most`.
fn step(most: u32) -> u32 {
    let mut scale: u32 = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = scale.saturating_mul(factor);
            if step.saturating_mul(STEPS_MAX) >= most {
                return step;
            }
        }
        scale = scale.saturating_mul(10);
    }
}

/// The end of an axis that begins at 0: whole steps, at least one.
fn axis_end(most: u32) -> u32 {
    let step = step(most);
    most.div_ceil(step).max(1).saturating_mul(step)
}

/// Numbers on an axis that begins at 0.
fn axis(most: u32) -> impl Iterator<Item = u32> {
    let (step, end) = (step(most), axis_end(most));
    (0..=STEPS_MAX).map(move |n| n.saturating_mul(step)).take_while(move |n| *n <= end)
}

/// A length of a list as a number to place things by.
fn real(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::from(u32::MAX), f64::from)
}

/// A name that fits into the margin.
fn short(name: &str, characters_max: usize) -> String {
    if name.chars().count() <= characters_max {
        return name.to_owned();
    }
    let kept: String = name.chars().take(characters_max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{axis, axis_end, short};

    #[test]
    fn an_axis_has_few_round_numbers_and_reaches_over_the_largest_value() {
        for (most, numbers) in [
            (0, vec![0, 1]),
            (3, vec![0, 1, 2, 3]),
            (7, vec![0, 2, 4, 6, 8]),
            (110, vec![0, 50, 100, 150]),
            (4_000, vec![0, 1_000, 2_000, 3_000, 4_000]),
        ] {
            assert_eq!(axis(most).collect::<Vec<_>>(), numbers);
            assert!(axis_end(most) >= most);
        }
        assert!(axis(u32::MAX).count() > 1);
    }

    #[test]
    fn a_long_name_is_cut_at_a_character_not_in_one() {
        assert_eq!(short("Ñandú Peña", 6), "Ñandú…");
        assert_eq!(short("Ana", 6), "Ana");
    }
}
