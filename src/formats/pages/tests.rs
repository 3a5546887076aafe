//! Files made here, and those beside the checkout where there are any.

use super::{Limits, NotPages, PageFormat, SHOWN_SIDE_MAX, Watermark, check, draw};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage};
use proptest::prelude::*;
use std::io::Cursor;
use std::path::Path;

const LIMITS: Limits = Limits { pages_max: 20, page_pixels_max: 4_000_000 };

/// A page with a black bar across its upper quarter.
fn sheet(width: u32, height: u32) -> GrayImage {
    GrayImage::from_fn(width, height, |_, y| Luma([if y < height / 4 { 0 } else { 255 }]))
}

fn saved(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    saved(&DynamicImage::ImageLuma8(sheet(width, height)), ImageFormat::Png)
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let image =
        RgbImage::from_fn(width, height, |x, _| Rgb([u8::try_from(x % 256).unwrap(), 90, 9]));
    saved(&DynamicImage::ImageRgb8(image), ImageFormat::Jpeg)
}

/// A directory's entries, as tag and value, and the bytes of its one strip.
type Directory = (Vec<(u16, u32)>, Vec<u8>);

/// A TIFF of directories one after the other.
fn tiff(pages: &[Directory]) -> Vec<u8> {
    let mut bytes = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for (entries, strip) in pages {
        let offset = u32::try_from(bytes.len()).unwrap();
        bytes.extend_from_slice(strip);
        let directory = u32::try_from(bytes.len()).unwrap();
        bytes[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let length = u32::try_from(strip.len()).unwrap();
        let mut entries = [entries.as_slice(), &[(273, offset), (279, length)]].concat();
        entries.sort_unstable();
        bytes.extend_from_slice(&u16::try_from(entries.len()).unwrap().to_le_bytes());
        for (tag, value) in entries {
            bytes.extend_from_slice(&tag.to_le_bytes());
            bytes.extend_from_slice(&4_u16.to_le_bytes());
            bytes.extend_from_slice(&1_u32.to_le_bytes());
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        link = bytes.len();
        bytes.extend_from_slice(&[0; 4]);
    }
    bytes
}

fn entries(width: u32, height: u32, compression: u32) -> Vec<(u16, u32)> {
    vec![
        (256, width),
        (257, height),
        (258, 1),
        (259, compression),
        (262, 0),
        (277, 1),
        (278, height),
    ]
}

/// A fax in Group 4 of [`sheet`].
fn group4(width: u32, height: u32) -> Directory {
    let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
    for y in 0..height {
        let colour = if y < height / 4 { fax::Color::Black } else { fax::Color::White };
        encoder.encode_line((0..width).map(|_| colour), width).unwrap();
    }
    (entries(width, height, 4), encoder.finish().unwrap().finish())
}

fn drawn(bytes: &[u8], number: u32) -> Result<DynamicImage, NotPages> {
    let format = PageFormat::of(bytes).unwrap();
    let shown = draw(bytes, format, (number, LIMITS), &Watermark::new(""))?;
    let image = image::load_from_memory(&shown.bytes).unwrap();
    assert_eq!((image.width(), image.height()), (shown.width, shown.height));
    Ok(image)
}

fn taken(bytes: &[u8]) -> Result<u32, NotPages> {
    let format = PageFormat::of(bytes).unwrap();
    check(bytes, format, LIMITS).map(|checked| checked.pages)
}

/// The grey of a point, in hundredths of the page.
fn at(image: &DynamicImage, x: u32, y: u32) -> u8 {
    let grey = image.to_luma8();
    grey.get_pixel(grey.width() * x / 100, grey.height() * y / 100).0[0]
}

#[test]
fn the_first_bytes_say_what_a_file_is() {
    assert_eq!(PageFormat::of(&png(40, 40)), Some(PageFormat::Png));
    assert_eq!(PageFormat::of(&jpeg(40, 40)), Some(PageFormat::Jpeg));
    assert_eq!(PageFormat::of(&tiff(&[group4(32, 32)])), Some(PageFormat::Tiff));
    for other in [&b"%PDF-1.7"[..], b"plain words", b"", b"GIF89a", b"II*"] {
        assert_eq!(PageFormat::of(other), None);
    }
}

#[test]
fn pages_are_counted_and_each_is_drawn() {
    let fax = tiff(&[group4(200, 300), group4(200, 100), group4(100, 100)]);
    assert_eq!(taken(&fax), Ok(3));
    assert_eq!(taken(&png(60, 80)), Ok(1));
    assert_eq!(taken(&jpeg(60, 80)), Ok(1));
    let second = drawn(&fax, 2).unwrap();
    assert_eq!((second.width(), second.height()), (200, 100));
    assert_eq!((at(&second, 50, 10), at(&second, 50, 60)), (0, 255));
    assert_eq!(drawn(&fax, 4), Err(NotPages::NoSuchPage));
    assert_eq!(drawn(&fax, 0), Err(NotPages::NoSuchPage));
    assert_eq!(drawn(&png(60, 80), 2), Err(NotPages::NoSuchPage));
}

#[test]
fn a_fax_is_read_in_either_order_of_bits_and_either_sense_of_black() {
    let (mut entries, strip) = group4(160, 120);
    entries.push((266, 2));
    let turned: Vec<u8> = strip.iter().map(|byte| byte.reverse_bits()).collect();
    let page = drawn(&tiff(&[(entries.clone(), turned)]), 1).unwrap();
    assert_eq!((at(&page, 50, 10), at(&page, 50, 60)), (0, 255));
    entries.retain(|(tag, _)| *tag != 266 && *tag != 262);
    entries.push((262, 1));
    let page = drawn(&tiff(&[(entries, strip)]), 1).unwrap();
    assert_eq!((at(&page, 50, 10), at(&page, 50, 60)), (255, 0));
}

/// Lines of white only: the end-of-line mark, then white runs of 1728 dots.
fn group3_blank(lines: usize) -> Vec<u8> {
    let line = "000000000001".to_owned() + "010011011" + "00110101";
    let bits = line.repeat(lines) + &"000000000001".repeat(6);
    let bits: Vec<u8> = bits.bytes().map(|bit| bit - b'0').collect();
    bits.chunks(8)
        .map(|byte| (0..8).fold(0, |sum, at| sum << 1 | byte.get(at).unwrap_or(&0)))
        .collect()
}

#[test]
fn group_three_is_read_in_one_dimension_and_refused_in_two() {
    let mut entries = entries(1_728, 40, 3);
    let page = drawn(&tiff(&[(entries.clone(), group3_blank(40))]), 1).unwrap();
    assert_eq!((page.width(), page.height(), at(&page, 50, 50)), (1_728, 40, 255));
    let short = tiff(&[(entries.clone(), group3_blank(20))]);
    assert_eq!(taken(&short), Err(NotPages::Damaged(PageFormat::Tiff)));
    entries.push((292, 1));
    let refused = taken(&tiff(&[(entries, group3_blank(40))])).unwrap_err();
    assert!(refused.to_string().contains("two-dimensional Group 3"), "{refused}");
}

#[test]
fn a_page_stands_upright_and_its_dots_are_square() {
    let (mut entries, strip) = group4(200, 100);
    // Its first row is the right side.
    entries.push((274, 6));
    let page = drawn(&tiff(&[(entries, strip)]), 1).unwrap();
    assert_eq!((page.width(), page.height()), (100, 200));
    assert_eq!((at(&page, 90, 50), at(&page, 50, 50)), (0, 255));
}

#[test]
fn a_large_page_is_made_smaller_and_a_small_one_stays() {
    let shown = drawn(&png(3_000, 1_200), 1).unwrap();
    assert_eq!((shown.width(), shown.height()), (SHOWN_SIDE_MAX, 960));
    assert_eq!(drawn(&png(300, 120), 1).unwrap().width(), 300);
}

#[test]
fn what_is_cut_off_is_damaged_wherever_the_cut_is() {
    for whole in [png(200, 200), jpeg(200, 200), tiff(&[group4(200, 200)])] {
        let format = PageFormat::of(&whole).unwrap();
        for part in [3, 2] {
            let cut = &whole[..whole.len() * (part - 1) / part];
            assert_eq!(check(cut, format, LIMITS), Err(NotPages::Damaged(format)), "{part}");
        }
    }
}

#[test]
fn sizes_beyond_the_limits_are_refused_before_anything_is_decoded() {
    let mut bomb = png(64, 64);
    bomb[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
    // The header's own sum is mended, so that only the size is wrong.
    let sum = crc32(&bomb[12..29]).to_be_bytes();
    bomb[29..33].copy_from_slice(&sum);
    let refused = taken(&bomb).unwrap_err();
    assert!(matches!(refused, NotPages::TooLarge { width: 20_000, .. }), "{refused}");
    let fax = tiff(&[(entries(60_000, 60_000, 4), vec![0; 9])]);
    assert!(matches!(taken(&fax), Err(NotPages::TooLarge { .. })));
    assert_eq!(taken(&png(7, 200)), Err(NotPages::TooSmall));
    let many = tiff(&vec![group4(32, 32); 21]);
    assert_eq!(taken(&many), Err(NotPages::TooManyPages(20)));
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| sum >> 1 ^ (0xedb8_8320 * (sum & 1)))
    };
    !bytes.iter().fold(!0, step)
}

#[test]
fn a_chain_of_directories_that_bites_its_tail_ends() {
    let mut fax = tiff(&[group4(64, 64)]);
    let directory = fax[4..8].to_vec();
    let end = fax.len();
    fax[end - 4..].copy_from_slice(&directory);
    assert!(taken(&fax).is_err());
}

#[test]
fn small_copies_of_pages_are_no_pages() {
    let (mut preview, strip) = group4(64, 64);
    preview.push((254, 1));
    let fax = tiff(&[group4(200, 200), (preview, strip)]);
    assert_eq!(taken(&fax), Ok(1));
    assert_eq!(drawn(&fax, 2), Err(NotPages::NoSuchPage));
}

#[test]
fn the_watermark_is_on_white_and_on_black_all_over_the_page() {
    let words = Watermark::new("José Ramírez 1f2e · 2026-03-03 15:00 UTC · chart 0a1b2c3d");
    let bytes = png(1_000, 1_400);
    let shown = draw(&bytes, PageFormat::Png, (1, LIMITS), &words).unwrap();
    let marked = image::load_from_memory(&shown.bytes).unwrap().to_luma8();
    let bare = drawn(&bytes, 1).unwrap().to_luma8();
    for (left, top) in [(0, 0), (500, 0), (0, 500), (500, 500), (0, 1_000), (500, 1_000)] {
        let square = (left..left + 400).flat_map(|x| (top..top + 400).map(move |y| (x, y)));
        let changed = square.filter(|(x, y)| {
            marked.get_pixel(*x, *y).0[0].abs_diff(bare.get_pixel(*x, *y).0[0]) > 20
        });
        assert!(changed.count() > 150, "nothing is written at {left}, {top}");
    }
}

#[test]
fn real_scans_beside_the_checkout_are_taken_or_refused_with_a_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/pdf_tiff");
    let limits = Limits { pages_max: 100, page_pixels_max: 60_000_000 };
    for group in ["pillow", "scans_made_here", "pikepdf"] {
        let Ok(files) = std::fs::read_dir(folder.join(group)) else { continue };
        for path in files.map(|file| file.unwrap().path()) {
            let bytes = std::fs::read(&path).unwrap();
            let Some(format) = PageFormat::of(&bytes) else { continue };
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            match check(&bytes, format, limits) {
                Ok(checked) => {
                    println!("{name}: {} pages", checked.pages);
                    for number in 1..=checked.pages {
                        draw(&bytes, format, (number, limits), &Watermark::new("x")).unwrap();
                    }
                }
                Err(refused) => {
                    println!("{name}: {refused}");
                    assert!(!name.starts_with("scan_"), "{name}: {refused}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn a_file_with_bytes_changed_is_taken_or_refused_without_a_panic(
        which in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = [png(64, 64), jpeg(64, 64), tiff(&[group4(64, 64), group4(40, 40)])][which].clone();
        let format = PageFormat::of(&bytes).unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let length = bytes.len();
        bytes.truncate(length - cut.index(length / 8));
        let small = Limits { pages_max: 4, page_pixels_max: 1_000_000 };
        if let Ok(checked) = check(&bytes, format, small) {
            for number in 1..=checked.pages {
                prop_assert!(draw(&bytes, format, (number, small), &Watermark::new("x")).is_ok());
            }
        }
    }
}
