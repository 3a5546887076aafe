//! Fax pages: strips of Group 3 (one-dimensional) and Group 4 lines, as grey pixels.
//!
//! They are read here rather than by the TIFF decoder, because many fax servers write the bits of
//! each byte in the other order.

use fax::decoder::{DecodeStatus, Group3Decoder};
use fax::decoder::{decode_g4, pels};
use std::convert::Infallible;

/// Which of the two codes a strip is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    Group3,
    Group4,
}

/// How the strips of a page are to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet {
    pub code: Code,
    /// The lowest bit of a byte comes first.
    pub lowest_first: bool,
    /// Runs that begin as white are black on the paper.
    pub inverted: bool,
    /// In pixels.
    pub width: u32,
}

const WHITE: u8 = 255;
const BLACK: u8 = 0;

impl Sheet {
    /// Appends the lines of a strip, `height` of them, as one byte a pixel; none when it is damaged.
    pub(super) fn read(&self, strip: &[u8], height: u32, pixels: &mut Vec<u8>) -> Option<()> {
        let bytes =
            strip.iter().map(|byte| if self.lowest_first { byte.reverse_bits() } else { *byte });
        match self.code {
            Code::Group4 => {
                decode_g4(bytes, self.width, Some(height), |line| self.paint(line, pixels))
            }
            Code::Group3 => self.read_group3(bytes, height, pixels),
        }
    }

    fn read_group3(
        &self,
        bytes: impl Iterator<Item = u8>,
        height: u32,
        pixels: &mut Vec<u8>,
    ) -> Option<()> {
        let mut decoder = Group3Decoder::new(bytes.map(Ok::<u8, Infallible>)).ok()?;
        let mut lines = 0;
        while lines < height {
            let status = decoder.advance();
            // Some machines leave out the last mark of a page.
            let ends = !matches!(status, Ok(DecodeStatus::Incomplete));
            if ends && lines.saturating_add(1) < height {
                return None;
            }
            self.paint(decoder.transitions(), pixels);
            lines = lines.saturating_add(1);
        }
        Some(())
    }

    fn paint(&self, line: &[u32], pixels: &mut Vec<u8>) {
        let (paper, ink) = if self.inverted { (BLACK, WHITE) } else { (WHITE, BLACK) };
        let is_paper = |colour| matches!(colour, fax::Color::White);
        let shade = |colour| if is_paper(colour) { paper } else { ink };
        pixels.extend(pels(line, self.width).map(shade));
    }
}
