//! Documents that are page images: what is taken, and one page as it is shown.
//!
//! A file is what its first bytes say, whatever it is called. Every page is decoded before the file is
//! taken, so that what cannot be shown is refused where it can still be mended. Limits come first: no
//! buffer is made before the page's size is known and allowed.

mod fax_lines;
mod glyphs;
mod single;
mod tiff_pages;
mod watermark;

#[cfg(test)]
mod tests;

pub use watermark::Watermark;

use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops;
use image::metadata::Orientation;
use serde::{Deserialize, Serialize};

/// The longer side of a page as it is shown, in pixels: letter paper at about 200 dots per inch.
pub const SHOWN_SIDE_MAX: u32 = 2_400;
/// A side beyond this is no page, whatever its area, in pixels.
const SIDE_MAX: u32 = 30_000;
/// A side below this is no page either, in pixels.
const SIDE_MIN: u32 = 8;
/// Of photographs and grey scans; text in black and white is kept exactly.
const JPEG_QUALITY: u8 = 84;
/// How much finer a fax is across than down, at most.
const STRETCH_MAX: f32 = 4.0;

/// How large a document may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Pages of one document.
    pub pages_max: u32,
    /// Pixels of one page.
    pub page_pixels_max: u64,
}

/// The format of a document that is page images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageFormat {
    /// One page.
    Png,
    /// One page.
    Jpeg,
    /// One or many pages, faxes among them.
    Tiff,
}

impl PageFormat {
    /// What the first bytes say; none for anything else.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
            Some(Self::Tiff)
        } else {
            None
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
        }
    }
}

/// Why a file is not taken as page images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotPages {
    /// Cut off, or not what its beginning promises.
    Damaged(PageFormat),
    /// In a form that is not read here; what it uses.
    Unsupported(PageFormat, &'static str),
    /// More pages than are taken.
    TooManyPages(u32),
    /// A page of more pixels than are taken.
    TooLarge {
        /// Across.
        width: u32,
        /// Down.
        height: u32,
        /// The limit.
        pixels_max: u64,
    },
    /// A page too small to show anything.
    TooSmall,
    /// The document has no such page.
    NoSuchPage,
}

impl std::fmt::Display for NotPages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Damaged(format) => {
                write!(
                    f,
                    "this {} image is cut off or damaged; scan or save it again",
                    format.name()
                )
            }
            Self::Unsupported(format, what) => write!(
                f,
                "this {} image uses {what}, which cannot be shown here; save it as PNG or plain TIFF",
                format.name()
            ),
            Self::TooManyPages(most) => write!(f, "a document has at most {most} pages; split it"),
            Self::TooLarge { width, height, pixels_max } => write!(
                f,
                "a page of {width} × {height} pixels is too large; at most {} million pixels",
                pixels_max / 1_000_000
            ),
            Self::TooSmall => write!(f, "an image of fewer than {SIDE_MIN} pixels is no page"),
            Self::NoSuchPage => f.write_str("the document has no such page"),
        }
    }
}

impl std::error::Error for NotPages {}

/// A file whose every page can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// What it is.
    pub format: PageFormat,
    /// How many pages it has, at least one.
    pub pages: u32,
}

/// A page as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// `image/png` or `image/jpeg`.
    pub media_type: &'static str,
    /// Across, in pixels.
    pub width: u32,
    /// Down, in pixels.
    pub height: u32,
    /// The image.
    pub bytes: Vec<u8>,
}

/// Decodes every page once.
///
/// # Errors
/// [`NotPages`] with the reason in words for whoever uploaded it.
pub fn check(bytes: &[u8], format: PageFormat, limits: Limits) -> Result<Checked, NotPages> {
    let pages = match format {
        PageFormat::Png | PageFormat::Jpeg => {
            single::decode(bytes, format, limits)?;
            1
        }
        PageFormat::Tiff => tiff_pages::check(bytes, limits)?,
    };
    Ok(Checked { format, pages })
}

/// One page, upright, sized for reading, with the watermark in it. Pages count from 1.
///
/// # Errors
/// [`NotPages`] when there is no such page or it does not decode.
pub fn draw(
    bytes: &[u8],
    format: PageFormat,
    (number, limits): (u32, Limits),
    watermark: &Watermark,
) -> Result<Drawn, NotPages> {
    let page = match format {
        PageFormat::Tiff => tiff_pages::decode(bytes, number, limits)?,
        PageFormat::Png | PageFormat::Jpeg if number == 1 => single::decode(bytes, format, limits)?,
        PageFormat::Png | PageFormat::Jpeg => return Err(NotPages::NoSuchPage),
    };
    let bilevel = page.bilevel;
    let shown = watermark.onto(page.shown());
    encode(&shown, bilevel).ok_or(NotPages::Damaged(format))
}

/// A page as it was decoded.
struct Page {
    /// Grey or colour, eight bits a sample, nothing transparent.
    pixels: DynamicImage,
    /// Black and white only, as a fax is.
    bilevel: bool,
    /// How it must be turned to stand upright.
    orientation: Orientation,
    /// How many times as many dots across as down.
    stretch: f32,
}

impl Page {
    /// Upright, with square dots, sized for reading.
    fn shown(self) -> DynamicImage {
        let (width, height) = (self.pixels.width(), self.pixels.height());
        let stretched = f64::from(height) * f64::from(self.stretch.clamp(1.0, STRETCH_MAX));
        let longer = f64::from(width).max(stretched);
        let scale = (f64::from(SHOWN_SIDE_MAX) / longer).min(1.0);
        let (width_now, height_now) =
            (rounded(f64::from(width) * scale), rounded(stretched * scale));
        let mut pixels = if (width_now, height_now) == (width, height) {
            self.pixels
        } else {
            self.pixels.resize_exact(width_now, height_now, imageops::FilterType::Triangle)
        };
        pixels.apply_orientation(self.orientation);
        pixels
    }
}

/// A length in pixels, at least one.
#[expect(clippy::as_conversions, reason = "floats have no other way; the value is clamped")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn rounded(length: f64) -> u32 {
    length.round().clamp(1.0, f64::from(SIDE_MAX)) as u32
}

/// Refuses a page by its size, before anything is allocated for it.
fn check_size(width: u32, height: u32, limits: Limits) -> Result<(), NotPages> {
    let pixels_max = limits.page_pixels_max;
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels > pixels_max || width.max(height) > SIDE_MAX {
        return Err(NotPages::TooLarge { width, height, pixels_max });
    }
    if width.min(height) < SIDE_MIN { Err(NotPages::TooSmall) } else { Ok(()) }
}

/// Grey stays grey, everything else becomes colour; what is transparent lies on white paper.
fn on_paper(pixels: DynamicImage) -> DynamicImage {
    use image::ColorType::{L8, L16, La8, La16, Rgb8};
    match pixels.color() {
        L8 | Rgb8 => pixels,
        L16 => DynamicImage::ImageLuma8(pixels.into_luma8()),
        La8 | La16 => {
            let flat = pixels.into_luma_alpha8();
            let (width, height) = flat.dimensions();
            let grey = flat.pixels().map(|image::LumaA([grey, alpha])| over_white(*grey, *alpha));
            let paper = image::GrayImage::from_raw(width, height, grey.collect());
            DynamicImage::ImageLuma8(paper.unwrap_or_default())
        }
        _ => {
            let flat = pixels.into_rgba8();
            let mut paper = image::RgbImage::new(flat.width(), flat.height());
            for (to, image::Rgba([red, green, blue, alpha])) in
                paper.pixels_mut().zip(flat.pixels())
            {
                to.0 = [*red, *green, *blue].map(|sample| over_white(sample, *alpha));
            }
            DynamicImage::ImageRgb8(paper)
        }
    }
}

fn over_white(sample: u8, alpha: u8) -> u8 {
    let (sample, alpha) = (u32::from(sample), u32::from(alpha));
    let mixed = (sample * alpha + 255 * (255 - alpha)) / 255;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}

fn encode(shown: &DynamicImage, bilevel: bool) -> Option<Drawn> {
    let mut bytes = Vec::new();
    let media_type = if bilevel {
        let (size, filter) = (CompressionType::Default, FilterType::NoFilter);
        shown.write_with_encoder(PngEncoder::new_with_quality(&mut bytes, size, filter)).ok()?;
        "image/png"
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        shown.write_with_encoder(encoder).ok()?;
        "image/jpeg"
    };
    Some(Drawn { media_type, width: shown.width(), height: shown.height(), bytes })
}
