//! The words that every shown page carries: who looks at it, when, at which chart.

use super::glyphs::{COLUMNS, ROWS, columns_of};
use image::DynamicImage;

/// Characters of a watermark, at most; what is longer is cut.
const CHARACTERS_MAX: usize = 120;
/// Blank columns between two repetitions.
const GAP_COLUMNS: usize = 8 * (COLUMNS + 1);
/// Dots of the page for a dot of a letter: the page's shorter side divided by this.
const DOTS_PER_SIDE: u32 = 560;
/// Lines of words down a page, about.
const LINES: i64 = 7;
/// Each line begins this many columns before the one above, so that no part of a page is without.
const SHIFT_COLUMNS: i64 = 53;
/// The words rise by 30 degrees: cosine and sine in 1/1024.
const COSINE: i64 = 887;
const SINE: i64 = 512;
const UNIT: i64 = 1_024;
/// How far a pixel goes towards middle grey, in 1/256: to be read on white and on black.
const STRENGTH: i32 = 58;
const MIDDLE_GREY: i32 = 118;

/// Words to be drawn all over a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watermark {
    columns: Vec<u8>,
}

impl Watermark {
    /// Of a text without line ends. Accents are left out, and other scripts are drawn as boxes.
    #[must_use]
    pub fn new(words: &str) -> Self {
        let shown = words.chars().take(CHARACTERS_MAX);
        let letters = shown.flat_map(|letter| columns_of(letter).into_iter().chain([0]));
        let columns = letters.chain(std::iter::repeat_n(0, GAP_COLUMNS)).collect();
        Self { columns }
    }

    /// The page with the words across it.
    pub(super) fn onto(&self, page: DynamicImage) -> DynamicImage {
        let grid = Grid::of(page.width(), page.height());
        match page {
            DynamicImage::ImageLuma8(mut grey) => {
                for (x, y, pixel) in grey.enumerate_pixels_mut() {
                    if self.covers(&grid, x, y) {
                        pixel.0 = pixel.0.map(greyed);
                    }
                }
                DynamicImage::ImageLuma8(grey)
            }
            other => {
                let mut colour = other.into_rgb8();
                for (x, y, pixel) in colour.enumerate_pixels_mut() {
                    if self.covers(&grid, x, y) {
                        pixel.0 = pixel.0.map(greyed);
                    }
                }
                DynamicImage::ImageRgb8(colour)
            }
        }
    }

    fn covers(&self, grid: &Grid, x: u32, y: u32) -> bool {
        let (x, y) = (i64::from(x), i64::from(y));
        let along = (x * COSINE - y * SINE) / UNIT;
        let across = (x * SINE + y * COSINE) / UNIT;
        let line = across.div_euclid(grid.pitch);
        let row = across.rem_euclid(grid.pitch) / grid.dot;
        if row >= i64::from(ROWS) {
            return false;
        }
        let count = i64::try_from(self.columns.len()).unwrap_or(1).max(1);
        let column = (along.div_euclid(grid.dot) + line * SHIFT_COLUMNS).rem_euclid(count);
        let dots = usize::try_from(column).ok().and_then(|at| self.columns.get(at));
        dots.is_some_and(|dots| u32::try_from(row).is_ok_and(|row| dots >> row & 1 == 1))
    }
}

/// How large the words are on a page.
struct Grid {
    /// Pixels of a dot.
    dot: i64,
    /// Pixels from line to line.
    pitch: i64,
}

impl Grid {
    fn of(width: u32, height: u32) -> Self {
        let shorter = width.min(height);
        let dot = i64::from((shorter / DOTS_PER_SIDE).max(1));
        let pitch = (i64::from(width.max(height)) / LINES).max(dot * i64::from(ROWS) * 3);
        Self { dot, pitch }
    }
}

fn greyed(sample: u8) -> u8 {
    let sample = i32::from(sample);
    let mixed = sample + (MIDDLE_GREY - sample) * STRENGTH / 256;
    u8::try_from(mixed.clamp(0, 255)).unwrap_or(0)
}
