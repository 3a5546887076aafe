//! Files of one page: PNG and JPEG.

use super::{Limits, NotPages, Page, PageFormat, check_size, on_paper};
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError};
use std::io::Cursor;

/// Bytes of a decoded pixel, at most, and as much again for work.
const BYTES_PER_PIXEL_MAX: u64 = 16;

pub(super) fn decode(bytes: &[u8], format: PageFormat, limits: Limits) -> Result<Page, NotPages> {
    let fault = |error: ImageError| fault(format, &error);
    match format {
        PageFormat::Png => {
            let limits_of = image_limits(limits);
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits_of).map_err(fault)?;
            read(decoder, format, limits)
        }
        PageFormat::Jpeg if is_whole_jpeg(bytes) => {
            read(JpegDecoder::new(Cursor::new(bytes)).map_err(fault)?, format, limits)
        }
        PageFormat::Jpeg | PageFormat::Tiff => Err(NotPages::Damaged(format)),
    }
}

fn read(
    mut decoder: impl ImageDecoder,
    format: PageFormat,
    limits: Limits,
) -> Result<Page, NotPages> {
    let (width, height) = decoder.dimensions();
    check_size(width, height, limits)?;
    let fault = |error: ImageError| fault(format, &error);
    decoder.set_limits(image_limits(limits)).map_err(fault)?;
    // A fault in a tag beside the picture is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let bilevel = decoder.original_color_type() == image::ExtendedColorType::L1;
    let pixels = on_paper(DynamicImage::from_decoder(decoder).map_err(fault)?);
    Ok(Page { pixels, bilevel, orientation, stretch: 1.0 })
}

fn image_limits(limits: Limits) -> image::Limits {
    let mut made = image::Limits::no_limits();
    made.max_alloc = Some(limits.page_pixels_max.saturating_mul(BYTES_PER_PIXEL_MAX));
    made
}

fn fault(format: PageFormat, error: &ImageError) -> NotPages {
    match error {
        ImageError::Unsupported(_) => NotPages::Unsupported(format, "an unusual kind of colour"),
        _ => NotPages::Damaged(format),
    }
}

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// Whether the picture ends where a JPEG ends. The decoder forgives what is missing and paints it
/// grey; a chart with half a page missing must not be taken for whole.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let mut at: usize = 2;
    loop {
        let Some([0xff, marker]) = bytes.get(at..at.saturating_add(2)) else { return false };
        match *marker {
            END_OF_IMAGE => return true,
            // Fill bytes, and marks that stand alone.
            0xff => at = at.saturating_add(1),
            0x01 | 0xd0..=0xd8 => at = at.saturating_add(2),
            kind => {
                let Some([high, low]) = bytes.get(at.saturating_add(2)..at.saturating_add(4))
                else {
                    return false;
                };
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                at = at.saturating_add(2).saturating_add(length.max(2));
                if kind == START_OF_SCAN {
                    at = match after_scan(bytes, at) {
                        Some(next) => next,
                        None => return false,
                    };
                }
            }
        }
    }
}

/// Where the next mark after a scan's data is: within them 0xff is followed by 0 or a restart.
fn after_scan(bytes: &[u8], from: usize) -> Option<usize> {
    let data = bytes.get(from..)?;
    let is_mark = |pair: &[u8]| matches!(pair, [0xff, kind] if !matches!(kind, 0 | 0xd0..=0xd7));
    data.windows(2).position(is_mark).map(|place| from.saturating_add(place))
}
