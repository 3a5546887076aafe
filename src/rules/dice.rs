//! Chance for searches and forecasts: small, quick, and the same for the same seed.

/// A stream of random words (xorshift64*, Vigna 2016): quick, and even enough for guesses.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// A stream for a seed; near seeds give unrelated streams (`SplitMix64`'s finaliser).
    pub const fn new(seed: u64) -> Self {
        let mut word = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^= word >> 31;
        Self(word | 1)
    }

    /// The next word.
    #[inline]
    pub const fn word(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `limit`, from 32 bits; 0 when the limit is 0.
    #[inline]
    #[expect(
        clippy::as_conversions,
        reason = "a usize has at most 64 bits, and the result is below it"
    )]
    pub const fn below(&mut self, limit: usize) -> usize {
        ((self.word() >> 32).wrapping_mul(limit as u64) >> 32) as usize
    }

    /// An even draw from 0 to 1.
    #[inline]
    #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "53 bits fit exactly")]
    pub const fn share(&mut self) -> f64 {
        const BITS: u32 = 53;
        (self.word() >> (u64::BITS - BITS)) as f64 / (1_u64 << BITS) as f64
    }

    /// Whether something of this chance, in 65,536ths, happens.
    #[inline]
    pub const fn happens(&mut self, chance: u64) -> bool {
        self.word() >> 48 < chance
    }
}

/// A whole number as a float; off by a rounding beyond 2⁵³, which chance does not notice.
#[inline]
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "temperatures are rough")]
pub const fn float(number: i64) -> f64 {
    number as f64
}
