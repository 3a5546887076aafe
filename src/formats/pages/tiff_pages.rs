//! TIFF files: their pages one after the other, faxes and scans.

use super::fax_lines::{Code, Sheet};
use super::{Limits, NotPages, Page, PageFormat, check_size, on_paper};
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageBuffer, RgbImage, RgbaImage};
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

const FAX_GROUP3: u32 = 3;
const FAX_GROUP4: u32 = 4;
/// `T4Options`: its lowest bit says that lines refer to the line above.
const T4_OPTIONS: Tag = Tag::Unknown(292);
/// Of `NewSubfileType`: a smaller copy of another page, or a mask.
const NO_PAGE: u32 = 0b101;
const PLANES_APART: u32 = 2;
const LOWEST_BIT_FIRST: u32 = 2;
/// Of `PhotometricInterpretation`; a fax says 0, white is zero.
const BLACK_IS_ZERO: u32 = 1;
const STRIPS_MAX: usize = 65_536;
/// Bytes of a decoded pixel, at most.
const BYTES_PER_PIXEL_MAX: u64 = 8;

type Reader<'a> = Decoder<Cursor<&'a [u8]>>;

/// How many pages there are; every one of them was decoded.
pub(super) fn check(bytes: &[u8], limits: Limits) -> Result<u32, NotPages> {
    let mut count: u32 = 0;
    walk(bytes, limits, |reader| {
        page(reader, bytes, limits)?;
        count = count.saturating_add(1);
        if count > limits.pages_max {
            Err(NotPages::TooManyPages(limits.pages_max))
        } else {
            Ok(true)
        }
    })?;
    if count == 0 { Err(NotPages::Damaged(PageFormat::Tiff)) } else { Ok(count) }
}

pub(super) fn decode(bytes: &[u8], number: u32, limits: Limits) -> Result<Page, NotPages> {
    let mut before: u32 = 0;
    let mut found = None;
    walk(bytes, limits, |reader| {
        before = before.saturating_add(1);
        if before == number {
            found = Some(page(reader, bytes, limits)?);
        }
        Ok(before < number)
    })?;
    found.ok_or(NotPages::NoSuchPage)
}

/// Calls `visit` at each page until it answers false.
fn walk<'a>(
    bytes: &'a [u8],
    limits: Limits,
    mut visit: impl FnMut(&mut Reader<'a>) -> Result<bool, NotPages>,
) -> Result<(), NotPages> {
    let mut reader =
        Decoder::new(Cursor::new(bytes)).map_err(fault)?.with_limits(tiff_limits(limits));
    // Directories that are no pages count too: a chain of them must end.
    for _ in 0..limits.pages_max.saturating_mul(2).saturating_add(1) {
        let kind = number(&mut reader, Tag::NewSubfileType, 0)?;
        let goes_on = kind & NO_PAGE != 0 || visit(&mut reader)?;
        if !goes_on || !reader.more_images() {
            return Ok(());
        }
        reader.next_image().map_err(fault)?;
    }
    Err(NotPages::TooManyPages(limits.pages_max))
}

fn tiff_limits(limits: Limits) -> tiff::decoder::Limits {
    let bytes = limits.page_pixels_max.saturating_mul(BYTES_PER_PIXEL_MAX);
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut made = tiff::decoder::Limits::default();
    made.decoding_buffer_size = bytes;
    made.intermediate_buffer_size = bytes;
    made
}

fn page(reader: &mut Reader<'_>, bytes: &[u8], limits: Limits) -> Result<Page, NotPages> {
    let (width, height) = reader.dimensions().map_err(fault)?;
    check_size(width, height, limits)?;
    let turned = u8::try_from(number(reader, Tag::Orientation, 1)?).unwrap_or(1);
    let orientation = Orientation::from_exif(turned).unwrap_or(Orientation::NoTransforms);
    let stretch = stretch(reader);
    let compression = number(reader, Tag::Compression, 1)?;
    let (pixels, bilevel) = match compression {
        FAX_GROUP3 => (fax(reader, bytes, Code::Group3)?, true),
        FAX_GROUP4 => (fax(reader, bytes, Code::Group4)?, true),
        _ => scanned(reader)?,
    };
    Ok(Page { pixels, bilevel, orientation, stretch })
}

/// A fax in standard resolution has twice as many dots across as down.
fn stretch(reader: &mut Reader<'_>) -> f32 {
    let across = reader.get_tag_f32(Tag::XResolution).unwrap_or(1.0);
    let down = reader.get_tag_f32(Tag::YResolution).unwrap_or(1.0);
    let ratio = across / down;
    if ratio.is_finite() && ratio > 1.1 { ratio } else { 1.0 }
}

fn number(reader: &mut Reader<'_>, tag: Tag, absent: u32) -> Result<u32, NotPages> {
    Ok(reader.find_tag_unsigned(tag).map_err(fault)?.unwrap_or(absent))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn fault(error: TiffError) -> NotPages {
    match error {
        TiffError::UnsupportedError(_) => {
            NotPages::Unsupported(PageFormat::Tiff, "a compression or a kind of colour")
        }
        _ => NotPages::Damaged(PageFormat::Tiff),
    }
}

fn fax(reader: &mut Reader<'_>, bytes: &[u8], code: Code) -> Result<DynamicImage, NotPages> {
    let damaged = || NotPages::Damaged(PageFormat::Tiff);
    if code == Code::Group3 && number(reader, T4_OPTIONS, 0)? & 1 != 0 {
        return Err(NotPages::Unsupported(PageFormat::Tiff, "two-dimensional Group 3"));
    }
    let (width, height) = reader.dimensions().map_err(fault)?;
    let sheet = Sheet {
        code,
        width,
        lowest_first: number(reader, Tag::FillOrder, 1)? == LOWEST_BIT_FIRST,
        inverted: number(reader, Tag::PhotometricInterpretation, 0)? == BLACK_IS_ZERO,
    };
    let rows_per_strip = number(reader, Tag::RowsPerStrip, u32::MAX)?.max(1);
    let offsets = reader.get_tag_u64_vec(Tag::StripOffsets).map_err(fault)?;
    let lengths = reader.get_tag_u64_vec(Tag::StripByteCounts).map_err(fault)?;
    if offsets.len() != lengths.len() || offsets.len() > STRIPS_MAX {
        return Err(damaged());
    }
    let mut pixels = Vec::new();
    let mut rows_left = height;
    for (offset, length) in offsets.into_iter().zip(lengths) {
        let rows = rows_left.min(rows_per_strip);
        let strip = range(bytes, offset, length).ok_or_else(damaged)?;
        sheet.read(strip, rows, &mut pixels).ok_or_else(damaged)?;
        rows_left = rows_left.saturating_sub(rows);
    }
    let image = GrayImage::from_raw(width, height, pixels).filter(|_| rows_left == 0);
    image.map(DynamicImage::ImageLuma8).ok_or_else(damaged)
}

fn range(bytes: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    bytes.get(start..end)
}

/// Everything but faxes, and whether it is black and white only.
fn scanned(reader: &mut Reader<'_>) -> Result<(DynamicImage, bool), NotPages> {
    let unsupported = |what| NotPages::Unsupported(PageFormat::Tiff, what);
    let colour = reader.colortype().map_err(fault)?;
    let samples = number(reader, Tag::SamplesPerPixel, 1)?;
    if samples > 1 && number(reader, Tag::PlanarConfiguration, 1)? == PLANES_APART {
        return Err(unsupported("colours in separate planes"));
    }
    let (width, height) = reader.dimensions().map_err(fault)?;
    let bytes = match reader.read_image().map_err(fault)? {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(high_byte).collect(),
        _ => return Err(unsupported("samples of more than 16 bits")),
    };
    let made = match colour {
        ColorType::Gray(bits @ (1 | 2 | 4)) => gray(width, height, unpacked(&bytes, width, bits)),
        ColorType::Gray(8 | 16) => gray(width, height, bytes),
        ColorType::GrayA(8 | 16) => {
            ImageBuffer::from_raw(width, height, bytes).map(DynamicImage::ImageLumaA8)
        }
        ColorType::RGB(8 | 16) => colours(width, height, bytes),
        ColorType::RGBA(8 | 16) => {
            RgbaImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgba8)
        }
        ColorType::YCbCr(8) => colours(width, height, converted(&bytes, from_ycbcr)),
        ColorType::CMYK(8) => colours(width, height, converted_inks(&bytes)),
        _ => return Err(unsupported("an unusual kind of colour")),
    };
    let pixels = made.ok_or(NotPages::Damaged(PageFormat::Tiff))?;
    Ok((on_paper(pixels), colour == ColorType::Gray(1)))
}

fn gray(width: u32, height: u32, samples: Vec<u8>) -> Option<DynamicImage> {
    GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8)
}

fn colours(width: u32, height: u32, samples: Vec<u8>) -> Option<DynamicImage> {
    RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8)
}

fn high_byte(sample: u16) -> u8 {
    let [high, _] = sample.to_be_bytes();
    high
}

/// Samples of 1, 2 or 4 bits as one byte each; each row begins with a new byte.
fn unpacked(bytes: &[u8], width: u32, bits: u8) -> Vec<u8> {
    let per_byte = usize::from(8 / bits.clamp(1, 8));
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    let most = 0xff_u8 >> (8 - bits);
    let shade = |sample: u8| (sample & most).saturating_mul(255 / most);
    let of_row = |row: &[u8]| -> Vec<u8> {
        let samples = row.iter().flat_map(|byte| {
            let byte = *byte;
            (0..8 / bits).map(move |at| byte >> (8 - bits * (at + 1)))
        });
        samples.take(width).map(shade).collect()
    };
    bytes.chunks(width.div_ceil(per_byte).max(1)).flat_map(of_row).collect()
}

fn converted(bytes: &[u8], to_rgb: impl Fn([u8; 3]) -> [u8; 3]) -> Vec<u8> {
    let (triples, _) = bytes.as_chunks::<3>();
    triples.iter().flat_map(|triple| to_rgb(*triple)).collect()
}

fn converted_inks(bytes: &[u8]) -> Vec<u8> {
    let (inks, _) = bytes.as_chunks::<4>();
    let light = |ink: u8, black: u8| {
        let passed = u16::from(255 - ink) * u16::from(255 - black) / 255;
        u8::try_from(passed).unwrap_or(u8::MAX)
    };
    inks.iter().flat_map(|[c, m, y, k]| [light(*c, *k), light(*m, *k), light(*y, *k)]).collect()
}

/// As JPEG files have it (full range), in sixteenths of a bit.
fn from_ycbcr([luma, blue, red]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(luma) << 16, i32::from(blue) - 128, i32::from(red) - 128);
    let sample = |value: i32| u8::try_from(((value + 32_768) >> 16).clamp(0, 255)).unwrap_or(0);
    [sample(y + 91_881 * cr), sample(y - 22_554 * cb - 46_802 * cr), sample(y + 116_130 * cb)]
}
