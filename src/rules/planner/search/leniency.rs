//! How much worse a move may be.

use crate::dice::Dice;

/// How much worse a move may be, at a temperature of one: −ln of an even draw, from a table.
#[derive(Debug, Clone)]
pub struct Leniency(Vec<f64>);

const DRAWS: u32 = 4096;

impl Leniency {
    pub fn new() -> Self {
        let of = |draw: u32| -((f64::from(draw) + 0.5) / f64::from(DRAWS)).ln();
        Self((0..DRAWS).map(of).collect())
    }

    /// A draw at a temperature, in the units of the objective.
    #[inline]
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "saturates")]
    pub fn draw(&self, dice: &mut Dice, temperature: f64) -> i64 {
        let place = dice.below(self.0.len());
        (self.0.get(place).copied().unwrap_or_default() * temperature) as i64
    }
}
