//! The other side: the process that decodes.

use super::{Order, Reply, Wanted};
use formats::pages::{Watermark, check, draw};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{BufRead, BufReader, Read, Write};

/// The order's line, at most.
const ORDER_BYTES_MAX: u64 = 4_096;
/// The file, at most: more than any setting allows.
const FILE_BYTES_MAX: u64 = 1_073_741_824;

/// Reads an order and a file, and writes the answer: all that the hidden command does.
///
/// # Errors
/// When the order is none, a limit can't be set, or a pipe breaks.
pub fn obey(input: impl Read, mut output: impl Write) -> std::io::Result<()> {
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    input.by_ref().take(ORDER_BYTES_MAX).read_until(b'\n', &mut line)?;
    let order: Order = serde_json::from_slice(&line)?;
    limit(&order)?;
    let mut file = Vec::new();
    input.take(FILE_BYTES_MAX).read_to_end(&mut file)?;
    let (reply, page) = answer(&order, &file);
    serde_json::to_writer(&mut output, &reply)?;
    output.write_all(b"\n")?;
    output.write_all(&page)?;
    output.flush()
}

/// What it may use from here on; a core would hold the chart.
fn limit(order: &Order) -> std::io::Result<()> {
    let limits = [
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 3),
        (Resource::Cpu, order.seconds),
        (Resource::As, order.memory_bytes),
    ];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

fn answer(order: &Order, file: &[u8]) -> (Reply, Vec<u8>) {
    let Order { format, limits, page, .. } = order;
    match page {
        None => match check(file, *format, *limits) {
            Ok(checked) => (Reply::Checked(checked), Vec::new()),
            Err(refused) => (Reply::Refused(refused.to_string()), Vec::new()),
        },
        Some(Wanted { number, watermark }) => {
            match draw(file, *format, (*number, *limits), &Watermark::new(watermark)) {
                Ok(page) => (Reply::Drawn { media_type: page.media_type.to_owned() }, page.bytes),
                Err(refused) => (Reply::Refused(refused.to_string()), Vec::new()),
            }
        }
    }
}
