//! Chance that is the same in every run.

use std::f64::consts::TAU;

#[derive(Clone)]
pub struct Numbers(u64);

impl Numbers {
    pub const fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    fn word(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From `from` to `to`, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from + 1).unwrap_or(1).max(1);
        from + i64::try_from((self.word() >> 11) % span).unwrap_or(0)
    }

    pub fn percent(&mut self, often: i64) -> bool {
        self.between(0, 99) < often
    }

    /// Evenly from 0 to 1, never 0.
    pub fn share(&mut self) -> f64 {
        let drawn = self.between(1, 1 << 30);
        f64::from(i32::try_from(drawn).unwrap_or(1)) / f64::from(1 << 30)
    }

    /// A factor around 1 whose logarithm strays by `sigma`.
    pub fn stray(&mut self, sigma: f64) -> f64 {
        let normal = (-2.0 * self.share().ln()).sqrt() * (TAU * self.share()).cos();
        (sigma * normal - sigma * sigma / 2.0).exp()
    }
}

/// Some seconds times a factor.
pub fn times(seconds: i64, factor: f64) -> i64 {
    let product = f64::from(i32::try_from(seconds).unwrap_or(i32::MAX)) * factor;
    format!("{product:.0}").parse().unwrap_or(seconds)
}
